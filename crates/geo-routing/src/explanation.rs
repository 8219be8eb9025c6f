//! Where a request comes from and which rule decides, for a person who asks. Nothing of it is in the modules.

use crate::{
    config::GeoRouting,
    request::{facts::RequestFacts, outcome::Outcome},
};
use http_filter::{Host, explain};

/// Which headers of sources came and aren't believed, and why.
pub(crate) fn doubts(config: &GeoRouting, facts: &RequestFacts) {
    for (names, trust) in config.sources.iter().filter_map(|source| source.headers()) {
        let Some(doubt) = trust.doubt(facts) else {
            continue;
        };
        for (name, _) in names
            .iter()
            .filter(|(name, _)| facts.request.contains(name.as_str()))
        {
            explain!(facts.host, "place", "{name} is not believed: {doubt}");
        }
    }
}

pub(crate) fn say(outcome: &Outcome<'_>, host: &dyn Host) {
    let source = outcome.source_name().unwrap_or("nobody");
    let country = outcome.place.country.map_or("unknown", |country| country.code());
    let union = outcome
        .place
        .country
        .is_some_and(|country| country.in_european_union());
    let union = if union { " (EU)" } else { "" };
    explain!(host, "place", "country {country}{union}, by {source}");
    let region = outcome
        .region_name()
        .map_or_else(String::new, |name| format!(" to region {name}"));
    match outcome.rule {
        Some(number) => explain!(
            host,
            "rule",
            "rules[{number}] decides: {}{region}",
            outcome.decision
        ),
        None => explain!(host, "rule", "no rule is for this request: it passes as it is"),
    }
}
