//! Closing what the origin itself opened, or left open.

use crate::{answer::Answer, document::Guard, guards::Guards, request_facts::Candidate, rule::Rule};
use http_fields::{CacheControl, Closure, Directives, Scope, outranks_cache_control};
use http_filter::{Headers, close};

/// Closes the response to shared caches where a guard is raised that keeps them out and that no rule of the exchange does
/// without; and has restrictions of the origin said so that every cache reads them.
pub(crate) fn guard_origin(answer: &mut Answer<'_>, guards: &mut Guards, rules: &[(&Rule, &Candidate)]) {
    let response = answer.origin.response.mutated(&answer.edits);
    // No cache keeps the response to a POST unless it is told to.
    if !answer.request.is_safe && is_silent(&response) {
        return;
    }
    if let Some(guard) = raised(answer, guards, rules, &response) {
        let edits = close(&response, Closure::Private);
        if !edits.is_empty() {
            answer.host.count("origin_closed", 1);
            answer.explanation.guard(guard.slug());
            answer.edit(|all| all.then(edits));
        }
        return;
    }
    let field = CacheControl::parse(response.all("cache-control"));
    if let Some(line) = field.in_plain_words() {
        answer.host.count("restriction_rewritten", 1);
        answer.edit(|edits| edits.set("cache-control", line));
    }
}

fn raised(
    answer: &Answer<'_>,
    guards: &mut Guards,
    rules: &[(&Rule, &Candidate)],
    response: &Headers,
) -> Option<Guard> {
    let forced = |guard: Guard| rules.iter().any(|(rule, _)| rule.force.contains(&guard));
    // A rule may have taken the cookies off.
    let gone = |guard| guard == Guard::SetCookie && !response.contains("set-cookie");
    let waived = |guard| forced(guard) || gone(guard);
    let found = guards.closing(waived);
    // Claims are a host call. What is closed already needs none.
    if found.is_none() && !forced(Guard::Authorization) && is_open(response) {
        guards.ask_for_claims(answer.host);
        return guards.closing(waived);
    }
    found
}

/// Whether the response says nothing to caches.
fn is_silent(response: &Headers) -> bool {
    let mut fields = response.iter().map(|(name, _)| name);
    !fields.any(|name| matches!(name, "cache-control" | "expires") || outranks_cache_control(name))
}

/// Whether some shared cache might keep the response.
fn is_open(response: &Headers) -> bool {
    let said = Directives::of(response.all("cache-control"));
    let closed = said.private == Scope::Response || said.no_store && !said.must_understand;
    !closed || response.iter().any(|(name, _)| outranks_cache_control(name))
}
