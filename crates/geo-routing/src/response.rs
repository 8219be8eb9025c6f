//! What responses get: what keeps caches from mixing places up, and the explanation.

use crate::{
    config::{GeoRouting, guard::Guard},
    request::{decision::Verdict, location::Location},
};
use http_fields::{Closure, Vary};
use http_filter::{FieldName, HeaderMutation, Headers, close};
use std::rc::Rc;

/// What a response gets of the decision about its request.
#[derive(Default)]
pub(crate) struct Response {
    pub(crate) guard: Guarding,
    pub(crate) debug: Option<(FieldName, String)>,
}

/// How a response is kept from those whom it is not for.
#[derive(Default)]
pub(crate) enum Guarding {
    #[default]
    None,
    Private,
    Vary(Rc<[FieldName]>),
}

impl Response {
    /// The edits to `response`.
    pub(crate) fn edits(&mut self, response: &Headers) -> HeaderMutation {
        let headers = match &self.guard {
            Guarding::None => HeaderMutation::default(),
            Guarding::Private => close(response, Closure::Private),
            Guarding::Vary(names) => vary(response, names),
        };
        match self.debug.take() {
            Some((name, value)) => headers.set(name, value),
            None => headers,
        }
    }
}

impl GeoRouting {
    /// Whether explanations are for some people only, so that no cache may keep one for the others.
    pub(crate) fn debug_is_secret(&self) -> bool {
        self.debug.as_ref().is_some_and(|(_, trust)| !trust.is_anyone())
    }

    pub(crate) fn guarding(
        &self,
        location: &Location,
        verdict: &Verdict,
        explained: bool,
        request: &Headers,
    ) -> Guarding {
        if !matches!(request.method(), b"GET" | b"HEAD") {
            return Guarding::None;
        }
        // No guard that was configured knows testers.
        if verdict.by_client || explained {
            return Guarding::Private;
        }
        match &self.guard {
            _ if !verdict.by_place => Guarding::None,
            Guard::Off => Guarding::None,
            Guard::Private => Guarding::Private,
            Guard::Vary(names) => Guarding::Vary(Rc::clone(names)),
            Guard::Auto => {
                let names = location.by.and_then(|number| self.varying.get(number)?.clone());
                names.map_or(Guarding::Private, Guarding::Vary)
            }
        }
    }
}

/// Adds `names` to the response's `Vary` (RFC 9110 §12.5.5).
pub(crate) fn vary(response: &Headers, names: &[FieldName]) -> HeaderMutation {
    let mut vary = Vary::parse(response.all("vary"));
    let mut changed = false;
    if !vary.is_any() {
        for name in names {
            changed |= vary.add(name.as_bytes());
        }
    }
    if changed {
        HeaderMutation::default().set("vary", vary.to_bytes())
    } else {
        HeaderMutation::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vary_is_merged() {
        let names = ["cf-ipcountry", "x-b"].map(FieldName::of);
        for (name, lines, expected) in [
            ("none", &[][..], Some("cf-ipcountry, x-b")),
            (
                "some",
                &["Accept-Encoding", "Origin"],
                Some("Accept-Encoding, Origin, cf-ipcountry, x-b"),
            ),
            ("one of them", &["CF-IPCountry"], Some("CF-IPCountry, x-b")),
            ("all of them", &["x-b, cf-ipcountry"], Some("x-b, cf-ipcountry")),
            ("everything", &["*"], Some("*")),
        ] {
            let response: Headers = lines.iter().map(|line| ("vary", *line)).collect();
            let after = response.mutated(&vary(&response, &names));
            assert_eq!(
                after.combined("vary").as_deref(),
                expected.map(str::as_bytes),
                "{name}"
            );
        }
    }
}
