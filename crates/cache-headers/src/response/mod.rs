//! What becomes of responses: a row of steps, each of which returns the edits that it makes.

pub(crate) mod cache_status;
pub(crate) mod cap;
pub(crate) mod choice;
pub(crate) mod closing;
pub mod conditional;
pub(crate) mod exchange;
pub(crate) mod expires;
pub(crate) mod exposure;
pub(crate) mod field;
pub(crate) mod freshness;
pub(crate) mod guards;
pub(crate) mod origin;
pub(crate) mod outcome;
pub(crate) mod policies;
pub(crate) mod tags;
pub(crate) mod validation;
pub mod validators;

use crate::{CacheHeaders, counter::Counter, explanation::Explanation, request::facts::RequestFacts};
use choice::{Chosen, choose};
use exchange::Exchange;
use guards::is_grpc;
use http_fields::Closure;
use http_filter::{EXPLAINS, HeaderMutation, Headers, Host, ResponsePlan, close, explain};
use validation::Pending;

/// What becomes of the response to a request, and what is left to do when its body is there.
pub(crate) fn plan(
    config: &CacheHeaders,
    request: &RequestFacts,
    response: &Headers,
    host: &dyn Host,
) -> (ResponsePlan, Option<Pending>) {
    let exchange = Exchange::new(config, request, response, host);
    let mut explanation = Explanation::new(request.explain || EXPLAINS);
    // A protocol that was switched to has no representations, and a call by gRPC is a POST.
    let is_call = is_grpc(&exchange.media_type);
    if exchange.origin.status < 200 || is_call && !request.is_safe {
        return (ResponsePlan::default(), None);
    }
    cache_status::count_nearest(response, host);
    if exchange.is_deceptive() {
        Counter::DeceptionRefused.count(host);
        explanation.add("deception", "refused");
        let edits = explain(&exchange, &explanation, close(response, Closure::NoStore));
        return (ResponsePlan::headers(edits), None);
    }
    let Chosen { rules, undecided } = if is_call {
        Chosen::default()
    } else {
        choose(&exchange, &mut explanation)
    };
    let mut edits = undecided.map_or_else(HeaderMutation::default, |rule| {
        policies::leave_to_the_stored_response(&exchange, rule)
    });
    let (said, mut guards) = policies::follow(&exchange, &rules, &mut explanation);
    edits.extend(said);
    if config.guard_origin {
        let mut edited = response.clone();
        edited.mutate(edits);
        let closing = closing::guard_origin(&exchange, &edited, &mut guards, &rules, &mut explanation);
        if !closing.is_empty() {
            edited.mutate(closing);
        }
        edits = edited.into_mutation().behind(response.mutation().edits().len());
    }
    let (edits, wanted) = validation::validators(&exchange, &rules, edits, &mut explanation);
    let edits = explain(&exchange, &explanation, edits);
    validation::settle(&exchange, &rules, request.condition.as_ref(), edits, wanted)
}

/// Tells whoever asked what was decided.
fn explain(exchange: &Exchange<'_>, explanation: &Explanation, edits: HeaderMutation) -> HeaderMutation {
    let Some(line) = explanation.line() else {
        return edits;
    };
    explain!(exchange.host, "policy", "{line}");
    match &exchange.config.debug {
        Some((field, _)) if exchange.request.explain => edits.set(field, line),
        _ => edits,
    }
}
