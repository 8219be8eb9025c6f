use crate::{
    Cache, CacheControl, Freshness, answer::Answer, asked::Candidate, document::Guard, guards::Guards,
    rule::Rule, target::opens_to_shared,
};
use http_filter::Headers;
use std::time::Duration;

/// Closes to shared caches what the origin itself opened, where a guard is raised that keeps them out and that no rule
/// of the exchange does without.
pub(crate) fn close(answer: &mut Answer<'_>, guards: &Guards, rules: &[(&Rule, &Candidate)]) {
    let forced = |guard: Guard| rules.iter().any(|(rule, _)| rule.force.contains(&guard));
    if guards.closing(forced).is_none() {
        return;
    }
    let response = answer.origin.response.mutated(&answer.edits);
    // A rule may have taken the cookies off.
    let gone = |guard| guard == Guard::SetCookie && !response.contains("set-cookie");
    let Some(guard) = guards.closing(|guard| forced(guard) || gone(guard)) else {
        return;
    };
    let fields = targeted_fields(&response);
    let names: Vec<&str> = fields.iter().map(String::as_str).collect();
    if !is_open(&response, &names, answer) {
        return;
    }
    answer.host.count("origin_closed", 1);
    answer.explanation.guard(guard.slug());
    let mut field = CacheControl::of(&response);
    field.drop_unclosed();
    field.retain(|member| !opens_to_shared(member.name) && !member.is("private"));
    let mut line = b"private".to_vec();
    for member in field.members() {
        crate::cache_control::push_member(&mut line, member.name, member.argument);
    }
    answer.edit(|edits| edits.set("cache-control", line));
    for field in fields {
        answer.edit(|edits| edits.remove(field));
    }
}

/// Whether any shared cache would store it.
fn is_open(response: &Headers, targeted: &[&str], answer: &Answer<'_>) -> bool {
    let mut request = vec![(":method", "GET")];
    if answer.asked.is_authorized {
        request.push(("authorization", ""));
    }
    let request: Headers = request.into_iter().collect();
    let now = Duration::from_secs(u64::try_from(answer.origin.now()).unwrap_or(0));
    let one_by_one = targeted
        .iter()
        .map(|field| Cache::Targeted(std::slice::from_ref(field)));
    std::iter::once(Cache::Shared)
        .chain(one_by_one)
        .any(|cache| Freshness::of(&request, response, cache, now).storable)
}

/// The targeted fields of a response, by their names.
pub(crate) fn targeted_fields(response: &Headers) -> Vec<String> {
    let mut fields: Vec<String> = response
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.ends_with("-cache-control") || *name == "surrogate-control")
        .map(str::to_owned)
        .collect();
    fields.dedup();
    fields
}
