use super::{Finding, Placed, Rule};
use crate::find::{Assembled, Router};

/// A chain that doesn't end with the router: Envoy refuses it.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let Some(router) = assembled.chain.router else {
        return Vec::new();
    };
    let file = assembled.files.first().copied().unwrap_or_default();
    let finding = match router {
        Router::NotLast { router, behind } => {
            let message = format!(
                "the router isn't the last filter: Envoy refuses a chain with something behind it (line {})",
                behind.line
            );
            Finding::new(Rule::Router, router, message).help("move the router to the end of `http_filters`")
        }
        Router::Missing(at) => {
            let message = "the chain ends with this filter and has no router, without which Envoy refuses it";
            Finding::new(Rule::Router, at, message).help(
                "end it with: {name: envoy.filters.http.router, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}",
            )
        }
    };
    vec![(file, finding)]
}
