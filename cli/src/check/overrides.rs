use super::{Finding, Rule};
use crate::find::{Chain, RouteOverride};
use http_filter::config;
use serde_json::Value;

/// What routes override: whether it's heeded, and whether the filter takes it.
pub(super) fn check(override_: &RouteOverride, chains: &[Chain]) -> Vec<Finding> {
    let slots = chains
        .iter()
        .flat_map(|chain| &chain.slots)
        .flat_map(|slot| slot.single());
    let RouteOverride { kind, at, text } = override_;
    let filter = kind.name();
    let own: Vec<_> = slots.filter(|slot| slot.kind == *kind).collect();
    if own.is_empty() {
        return Vec::new();
    }
    let takes = |value: &Value| {
        value
            .get("per_route")
            .is_some_and(|flag| flag == &Value::Bool(true))
    };
    let mut found = Vec::new();
    if !own.iter().any(|slot| takes(&slot.value().0)) {
        let message =
            "the route's override isn't heeded: the filter takes none unless it says `per_route: true`";
        let finding = Finding::new(Rule::IgnoredOverride, *at, message).about(filter, "");
        found.push(finding.help("`per_route: true` in the filter's own configuration"));
    }
    let parsed = text.as_deref().map(serde_json::from_str::<Value>);
    let Some(Ok(given)) = parsed else {
        let message = match parsed {
            Some(Err(error)) => format!("the route's override is no JSON: {error}"),
            _ => "found no text, expected a JSON text: route metadata reaches filters as a text only"
                .to_owned(),
        };
        found.push(Finding::new(Rule::Refused, *at, message).about(filter, ""));
        return found;
    };
    for slot in own {
        let mut value = slot.value().0;
        if slot.kind.plugin(&value).is_err() {
            continue;
        }
        config::merge(&mut value, given.clone());
        if let Err(error) = slot.kind.plugin(&value) {
            let message = format!("with the route's override: {}", error.problem());
            found.push(Finding::new(Rule::Refused, *at, message).about(filter, error.path()));
            break;
        }
    }
    found
}
