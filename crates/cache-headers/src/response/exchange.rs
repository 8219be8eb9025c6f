use crate::{
    CacheHeaders,
    config::rule::Rule,
    request::facts::{Candidate, RequestFacts},
    response::origin::Origin,
};
use http_fields::media_type;
use http_filter::{Headers, Host};
use std::borrow::Cow;

/// One response, and what the steps of its handling go by.
pub(crate) struct Exchange<'a> {
    pub(crate) config: &'a CacheHeaders,
    pub(crate) request: &'a RequestFacts,
    pub(crate) origin: Origin<'a>,
    /// The response's media type, lower case; empty for none.
    pub(crate) media_type: Cow<'a, [u8]>,
    pub(crate) host: &'a dyn Host,
}

/// The rules that take part, each with what the request gave to it.
pub(crate) type Rules<'a> = [(&'a Rule, &'a Candidate)];

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        config: &'a CacheHeaders,
        request: &'a RequestFacts,
        response: &'a Headers,
        host: &'a dyn Host,
    ) -> Self {
        Self {
            config,
            request,
            media_type: in_lower_case(media_type(response.first("content-type").unwrap_or_default())),
            host,
            origin: Origin::new(response, host),
        }
    }

    /// Whether the response is not what the extension of its path promises, and somebody might keep it.
    pub(crate) fn is_deceptive(&self) -> bool {
        let Some(armor) = &self.config.armor else {
            return false;
        };
        self.request.is_safe
            && matches!(self.origin.status, 200 | 203 | 206)
            && !armor.allows(&self.request.extensions, &self.media_type)
    }
}

fn in_lower_case(text: &[u8]) -> Cow<'_, [u8]> {
    if text.iter().any(u8::is_ascii_uppercase) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}
