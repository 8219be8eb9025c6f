use crate::module;
use http_filter_test::{Case, Tier, load};
use std::collections::BTreeSet;

/// One case for each configuration that a filter's cases have and that it accepts, by case name: what holds for any
/// configuration is shown on these.
pub fn configurations(filter: &str) -> Vec<Case> {
    let mut cases = load(&module::workspace().join("crates").join(filter).join("cases"));
    let mut seen = BTreeSet::new();
    cases.retain(|case| {
        let texts = [&case.config, &case.route_config].map(|value| value.as_ref().map(ToString::to_string));
        case.refused.is_none() && case.runs_in(Tier::Vm) && seen.insert(texts)
    });
    cases
}
