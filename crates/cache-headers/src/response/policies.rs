//! The rules' policies, written into the response's fields as far as guards let them.

use crate::{
    config::{field_policy::FieldPolicy, rule::Rule},
    counter::Counter,
    document::{guard::Guard, policy::PolicyMode, rule::SetCookie},
    explanation::Explanation,
    response::{
        cap,
        exchange::{Exchange, Rules},
        expires,
        exposure::Exposure,
        guards::{Guards, is_endless},
        outcome::Outcome,
        tags,
    },
};
use http_fields::Vary;
use http_filter::HeaderMutation;

/// A 304 renews what is stored with the fields that it carries (RFC 9111 §3.2). Where a rule by media type has written
/// these, and the 304 has none, the origin's own would undo it; without them, those stored stay.
pub(crate) fn leave_to_the_stored_response(exchange: &Exchange<'_>, rule: &Rule) -> HeaderMutation {
    Counter::Undecided304.count(exchange.host);
    let guards = Guards::of(
        exchange.request,
        &exchange.origin,
        &exchange.media_type,
        &Vary::default(),
        usize::MAX,
    );
    let mut edits = HeaderMutation::default();
    for field in &rule.fields {
        let (exposure, _) = guards.exposure(rule, field, &exchange.origin);
        if !exposure.is_guarded() && field.replaces() {
            edits = edits.remove(&field.name);
            if field.is_cache_control() {
                edits = edits.remove("expires");
            }
        }
    }
    edits
}

/// Does what the rules say, as far as guards let it. The guards that were raised serve the steps that follow.
pub(crate) fn follow(
    exchange: &Exchange<'_>,
    rules: &Rules<'_>,
    explanation: &mut Explanation,
) -> (HeaderMutation, Guards) {
    let Exchange {
        config,
        request,
        origin,
        media_type,
        host,
    } = exchange;
    let (vary, mut edits) = merge_vary(exchange, rules);
    let mut guards = Guards::of(request, origin, media_type, &vary, config.vary_max);
    let mut fields = distinct_fields(rules, |rule, field| guards.exposure(rule, field, origin));
    let removes_cookies = origin.response.contains("set-cookie")
        && rules.iter().any(|(rule, _)| rule.set_cookie == SetCookie::Remove);
    let opens = fields.iter().any(|(.., found)| !found.0.is_guarded());
    if (opens || removes_cookies) && guards.ask_for_claims(*host) {
        for (rule, field, found) in &mut fields {
            *found = guards.exposure(rule, field, origin);
        }
    }
    let capped = fields
        .iter()
        .find(|(_, field, _)| field.is_cache_control() && field.policy.mode == PolicyMode::Cap)
        .map(|(_, field, _)| field.policy.ttl_range.1);
    if let Some(longest) = capped {
        let is_own = |name: &str| fields.iter().any(|(_, field, _)| *field.name == *name);
        edits.extend(cap::cap_outranking(longest, origin, is_own));
    }
    for (rule, field, found) in fields {
        edits = say(exchange, rule, field, found, edits, explanation);
    }
    if removes_cookies
        && rules
            .iter()
            .any(|(rule, _)| rule.set_cookie == SetCookie::Remove && guards.may_remove_cookies(rule, origin))
    {
        Counter::CookiesRemoved.count(*host);
        edits = edits.remove("set-cookie");
    }
    if request.is_safe && !is_endless(media_type) {
        edits = tags::add(exchange, rules, edits);
        edits = tell_what_search_changes(exchange, rules, edits);
    }
    (edits, guards)
}

/// Adds the rules' names to Vary, and takes others off.
fn merge_vary<'a>(exchange: &Exchange<'a>, rules: &Rules<'a>) -> (Vary<'a>, HeaderMutation) {
    let mut vary = Vary::parse(exchange.origin.response.all("vary"));
    let mut changed = false;
    for (rule, _) in rules {
        for name in &rule.vary {
            changed |= vary.add(name.as_bytes());
        }
        for name in &rule.vary_remove {
            changed |= vary.remove(name.as_bytes());
        }
    }
    let edits = HeaderMutation::default();
    let edits = match changed {
        true if vary.is_empty() => edits.remove("vary"),
        true => edits.set("vary", vary.to_bytes()),
        false => edits,
    };
    (vary, edits)
}

fn tell_what_search_changes(
    exchange: &Exchange<'_>,
    rules: &Rules<'_>,
    edits: HeaderMutation,
) -> HeaderMutation {
    let mut fields = rules.iter().filter_map(|(rule, _)| rule.no_vary_search.as_ref());
    match fields.next() {
        Some(field) if !exchange.origin.response.contains("no-vary-search") => {
            edits.set("no-vary-search", field.line.clone())
        }
        _ => edits,
    }
}

/// Writes what a rule says in one field.
fn say(
    exchange: &Exchange<'_>,
    rule: &Rule,
    field: &FieldPolicy,
    (exposure, guard): (Exposure, Option<Guard>),
    mut edits: HeaderMutation,
    explanation: &mut Explanation,
) -> HeaderMutation {
    let origin = &exchange.origin;
    let outcome = field.apply(origin, exposure);
    explanation.outcome(&field.name, &outcome);
    if let Some(guard) = guard.filter(|_| exposure.is_guarded() || outcome == Outcome::Withheld) {
        let counter = Counter::from(guard);
        counter.count(exchange.host);
        explanation.guard(counter.name());
    }
    let name = &field.name;
    match outcome {
        Outcome::Kept | Outcome::Withheld => return edits,
        Outcome::Removed => edits = edits.remove(name),
        Outcome::Set { line, max_age } => {
            edits = edits.set(name, line);
            if field.is_cache_control() {
                edits = expires::follow(rule, origin, max_age, edits);
            }
        }
    }
    if field.is_cache_control() && origin.response.contains("pragma") {
        edits = edits.remove("pragma");
    }
    edits
}

/// Each field with the first rule that speaks of it, and what `judge` says of the two.
fn distinct_fields<'a, T>(
    rules: &Rules<'a>,
    judge: impl Fn(&Rule, &FieldPolicy) -> T,
) -> Vec<(&'a Rule, &'a FieldPolicy, T)> {
    let most = rules.iter().map(|(rule, _)| rule.fields.len()).sum();
    let mut fields: Vec<(&Rule, &FieldPolicy, T)> = Vec::with_capacity(most);
    for (rule, _) in rules {
        for field in &rule.fields {
            if !fields.iter().any(|(_, known, _)| known.name == field.name) {
                fields.push((rule, field, judge(rule, field)));
            }
        }
    }
    fields
}
