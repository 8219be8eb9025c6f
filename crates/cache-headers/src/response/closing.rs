//! Closing what the origin itself opened, or left open.

use crate::{
    counter::Counter,
    document::guard::Guard,
    explanation::Explanation,
    response::{
        exchange::{Exchange, Rules},
        guards::Guards,
    },
};
use http_fields::{CacheControl, Closure, Directives, Scope, outranks_cache_control};
use http_filter::{HeaderMutation, Headers, close};

/// Closes the response, edited so far as `response` has it, to shared caches where a guard is raised that keeps them out and
/// that no rule of the exchange does without; and has restrictions of the origin said so that every cache reads them.
pub(crate) fn guard_origin(
    exchange: &Exchange<'_>,
    response: &Headers,
    guards: &mut Guards,
    rules: &Rules<'_>,
    explanation: &mut Explanation,
) -> HeaderMutation {
    // No cache keeps the response to a POST unless it is told to.
    if !exchange.request.is_safe && is_silent(response) {
        return HeaderMutation::default();
    }
    if let Some(guard) = raised(exchange, response, guards, rules) {
        let edits = close(response, Closure::Private);
        if !edits.is_empty() {
            Counter::OriginClosed.count(exchange.host);
            explanation.guard(Counter::from(guard).name());
        }
        return edits;
    }
    let field = CacheControl::parse(response.all("cache-control"));
    match field.in_plain_words() {
        Some(line) => {
            Counter::RestrictionRewritten.count(exchange.host);
            HeaderMutation::default().set("cache-control", line)
        }
        None => HeaderMutation::default(),
    }
}

fn raised(
    exchange: &Exchange<'_>,
    response: &Headers,
    guards: &mut Guards,
    rules: &Rules<'_>,
) -> Option<Guard> {
    let forced = |guard: Guard| rules.iter().any(|(rule, _)| rule.force.contains(&guard));
    // A rule may have taken the cookies off.
    let gone = |guard| guard == Guard::SetCookie && !response.contains("set-cookie");
    let waived = |guard| forced(guard) || gone(guard);
    let found = guards.closing(waived);
    // Claims are a host call. What is closed already needs none.
    if found.is_none() && !forced(Guard::Authorization) && is_open(response) {
        guards.ask_for_claims(exchange.host);
        return guards.closing(waived);
    }
    found
}

/// Whether the response says nothing to caches.
fn is_silent(response: &Headers) -> bool {
    let speaks = |name: &str| matches!(name, "cache-control" | "expires") || outranks_cache_control(name);
    response.named(&speaks).next().is_none()
}

/// Whether some shared cache might keep the response.
fn is_open(response: &Headers) -> bool {
    let said = Directives::of(response.all("cache-control"));
    let closed = said.private == Scope::Response || said.no_store && !said.must_understand;
    !closed || response.named(&outranks_cache_control).next().is_some()
}
