//! What the upstream and later filters get of a request that goes on.

use crate::{
    JwtAuth, config::requirement::Tokens, counter::Counter, possession, request::search::Search,
    token::verified::Verified,
};
use http_filter::{Changes, HeaderEdit, HeaderMutation, Headers, Host, property};
use std::rc::Rc;

impl JwtAuth {
    /// The changes to a request that goes on without a token.
    pub(crate) fn anonymous(&self, request: &Headers) -> Changes {
        // A client's own copy is removed; where there's none, there's nothing to do.
        self.output_names
            .iter()
            .filter(|name| request.contains_alias(name))
            .fold(Changes::default(), |changes, name| changes.distrust(name))
    }

    /// The changes to a request with these tokens.
    pub(crate) fn accept<'a>(
        &'a self,
        accepted: &[(usize, Rc<Verified>)],
        tokens: &Tokens,
        search: &mut Search<'a>,
        host: &dyn Host,
    ) -> Changes {
        let mut changes = self.anonymous(search.request);
        // A claim may be set in the place of the token that it came from.
        changes = changes.headers(self.stripped(tokens, search));
        for (_, token) in accepted {
            for (name, value) in &token.headers {
                changes.headers.push(HeaderEdit::Set(name.clone(), value.clone()));
            }
            if token.withheld > 0 {
                host.count(Counter::ClaimWithheld.name(), token.withheld);
            }
        }
        if let Some((_, first)) = accepted.first() {
            changes = changes.property(property::CLAIMS, &first.payload);
        }
        changes.reroute = accepted
            .iter()
            .filter_map(|(index, _)| self.providers.get(*index))
            .any(|provider| provider.clear_route_cache);
        changes
    }

    /// Removes the tokens: those that providers of the requirement found, unless they forward.
    pub(crate) fn stripped<'a>(&'a self, tokens: &Tokens, search: &mut Search<'a>) -> HeaderMutation {
        let request = search.request;
        let mut edits = HeaderMutation::default();
        let mut found_any = false;
        for index in &tokens.providers {
            if let Some(provider) = self.providers.get(*index)
                && let (false, Ok(Some(found))) = (provider.forward, search.token(*index, provider))
            {
                found_any = true;
                // One behind the other: two parameters come off the same query.
                let stripped = match edits.is_empty() {
                    true => found.source.strip(request),
                    false => found.source.strip(&request.mutated(&edits)),
                };
                edits.extend(stripped);
            }
        }
        if found_any && request.contains(possession::PROOF) {
            edits = edits.remove(possession::PROOF);
        }
        edits
    }
}
