//! What the upstream and later filters get of a request that goes on.

use crate::{JwtAuth, possession, requirement::Tokens, source::Source, token::Verified};
use http_filter::{Changes, HeaderEdit, HeaderMutation, Headers, Host, property};
use std::rc::Rc;

impl JwtAuth {
    /// The changes to a request that goes on without a token.
    pub(crate) fn anonymous(&self, request: &Headers) -> Changes {
        // A client's own copy is removed; where there's none, there's nothing to do.
        self.output_names
            .iter()
            .filter(|name| request.contains(name))
            .fold(Changes::default(), |changes, name| changes.distrust(name.clone()))
    }

    /// The changes to a request with these tokens.
    pub(crate) fn accept(
        &self,
        accepted: &[(usize, Rc<Verified>)],
        tokens: &Tokens,
        request: &Headers,
        host: &dyn Host,
    ) -> Changes {
        let mut mutation = HeaderMutation::default();
        for (_, token) in accepted {
            for (name, value) in &token.headers {
                mutation.push(HeaderEdit::Set(name.clone().into(), value.clone()));
            }
            if token.withheld > 0 {
                host.count("claim_withheld", token.withheld);
            }
        }
        let mut changes = self.anonymous(request).headers(mutation);
        if let Some((_, first)) = accepted.first() {
            changes = changes.property(property::CLAIMS, first.payload.clone());
        }
        let mut providers = accepted
            .iter()
            .filter_map(|(index, _)| self.providers.get(*index));
        if providers.any(|provider| provider.clear_route_cache) {
            changes = changes.reroute();
        }
        self.stripped(tokens, request, changes)
    }

    /// The same changes, and the tokens removed: those that providers of the requirement found, unless they forward.
    pub(crate) fn stripped(&self, tokens: &Tokens, request: &Headers, changes: Changes) -> Changes {
        let mut providers = Vec::new();
        tokens.requirement.providers(&mut providers);
        let mut sources: Vec<&Source> = Vec::new();
        for provider in providers.iter().filter_map(|index| self.providers.get(*index)) {
            if let (false, Ok(Some(found))) = (provider.forward, Source::find(&provider.sources, request))
                && !sources.contains(&found.source)
            {
                sources.push(found.source);
            }
        }
        let mut mutation = HeaderMutation::default();
        for source in &sources {
            mutation = source.strip(request, mutation);
        }
        if !sources.is_empty() && request.contains(possession::PROOF) {
            mutation.push(HeaderEdit::Remove(possession::PROOF.into()));
        }
        changes.headers(mutation)
    }
}
