use crate::{AcceptEncoding, Coding, config::policy::Policy, counter::Counter};
use http_fields::forbids_transformation;
use http_filter::{HeaderMutation, Headers};

/// Why a response must be plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// A part was asked for, and parts are cut from plain bytes.
    Range,
    /// The client said `no-transform`.
    NoTransform,
    /// A stranger could measure it.
    BreachGuard,
}

impl Plain {
    /// The counter.
    pub(crate) const fn counter(self) -> Counter {
        match self {
            Self::Range => Counter::PlainRange,
            Self::NoTransform => Counter::PlainNoTransformRequest,
            Self::BreachGuard => Counter::PlainBreachGuard,
        }
    }
}

/// Why the response to `request` must be plain, if it must; `edits` are those to the request.
pub(crate) fn must_be_plain(
    policy: &Policy,
    request: &Headers,
    accept: &AcceptEncoding,
    edits: &mut HeaderMutation,
) -> Option<Plain> {
    if policy.breach_guard.guards(request) {
        return Some(Plain::BreachGuard);
    }
    let accepts_plain = accept.accepts(Coding::Identity);
    if accepts_plain && forbids_transformation(request.all("cache-control")) {
        return Some(Plain::NoTransform);
    }
    if !request.contains("range") {
        return None;
    }
    // A server may ignore Range (RFC 9110 §14.2), and here it must: the client wants what it holds a part of, in
    // encoded bytes that come out differently next time, or it takes no plain bytes.
    let is_encoded = request
        .first("if-range")
        .is_some_and(|value| policy.etag.if_range_is_encoded(value, &policy.prefer));
    if is_encoded || !accepts_plain {
        *edits = std::mem::take(edits).remove("range").remove("if-range");
        return None;
    }
    Some(Plain::Range)
}
