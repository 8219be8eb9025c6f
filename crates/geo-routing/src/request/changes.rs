//! What the upstream gets of a request that goes on.

use crate::{
    config::{GeoRouting, address::AddressSource, trust::Trust},
    counter::Counter,
    request::{decision::Verdict, facts::RequestFacts},
};
use http_filter::{Changes, FieldName, HeaderMutation, Headers, property};

impl GeoRouting {
    /// Without what only this filter may set.
    pub(crate) fn distrusting(&self, request: &Headers) -> Changes {
        let sent = self.distrusted.iter();
        let sent = sent.filter(|name| request.contains_alias(name));
        sent.fold(Changes::default(), |changes, name| changes.distrust(name.clone()))
    }

    /// The changes that a decision comes to.
    pub(crate) fn changes(&self, verdict: &Verdict, facts: &RequestFacts) -> Changes {
        let outcome = &verdict.outcome;
        let mut changes = self
            .distrusting(facts.request)
            .property(property::GEO, outcome.property());
        for (names, trust) in self.sources.iter().filter_map(|source| source.headers()) {
            keep_forged_out(
                &mut changes,
                names.iter().map(|(name, _)| name),
                Some(trust),
                facts,
            );
        }
        for (name, trust) in self.addresses.iter().filter_map(AddressSource::header) {
            keep_forged_out(&mut changes, std::iter::once(name), trust, facts);
        }
        let mut headers = verdict.rule.map(|rule| rule.headers.clone()).unwrap_or_default();
        for (name, output) in &self.headers {
            if let Some(value) = outcome.value(*output) {
                headers = headers.set(name.clone(), value);
            }
        }
        if let Some(region) = outcome.region {
            headers = headers.set(self.cluster_header.clone(), region.cluster.clone());
            changes = changes.reroute();
        }
        changes.headers(headers)
    }
}

/// A forged country or address must not reach the upstream either, which may read the same header, or one that it takes for it. Lists to
/// which proxies append are believed at their end, whoever sent them.
fn keep_forged_out<'a>(
    changes: &mut Changes,
    names: impl Iterator<Item = &'a FieldName>,
    trust: Option<&Trust>,
    facts: &RequestFacts,
) {
    let sent: Vec<&FieldName> = names.filter(|name| facts.request.contains_alias(name)).collect();
    if sent.is_empty() {
        return;
    }
    if trust.is_none_or(|trust| trust.holds(facts)) {
        // Whoever is believed writes the header itself.
        let aliases = sent.iter().flat_map(|name| facts.request.aliases(name));
        let removed = aliases.fold(HeaderMutation::default(), |edits, alias| {
            edits.remove(alias.to_owned())
        });
        changes.headers.extend(removed);
    } else {
        changes.distrusted.extend(sent.into_iter().cloned());
        Counter::HeaderUntrusted.count(facts.host);
    }
}
