//! Which rules take part.

use crate::{
    config::rule::{Fit, Rule},
    counter::Counter,
    document::Evaluate,
    explanation::Explanation,
    request::facts::Candidate,
    response::exchange::Exchange,
};

/// What the search for rules found.
#[derive(Default)]
pub(crate) struct Chosen<'a> {
    /// The rules that take part, in order.
    pub(crate) rules: Vec<(&'a Rule, &'a Candidate)>,
    /// One that would take part, if a 304 said of which type it is.
    pub(crate) undecided: Option<&'a Rule>,
}

/// The rules that take part in this exchange.
pub(crate) fn choose<'a>(exchange: &Exchange<'a>, explanation: &mut Explanation) -> Chosen<'a> {
    let mut chosen = Chosen {
        rules: Vec::with_capacity(exchange.request.candidates.len()),
        undecided: None,
    };
    let (config, origin) = (exchange.config, &exchange.origin);
    for candidate in &exchange.request.candidates {
        let Some(rule) = config.rules.get(candidate.rule) else {
            continue;
        };
        match rule.fits(origin.response, origin.status, &exchange.media_type) {
            Fit::Yes => {
                explanation.rule(&rule.name);
                chosen.rules.push((rule, candidate));
                if config.evaluate == Evaluate::First {
                    break;
                }
            }
            Fit::Unknown if chosen.rules.is_empty() => {
                chosen.undecided = Some(rule);
                return chosen;
            }
            Fit::Unknown | Fit::No => {}
        }
    }
    let counter = if chosen.rules.is_empty() {
        Counter::Unmatched
    } else {
        Counter::Matched
    };
    counter.count(exchange.host);
    chosen
}
