use crate::LocalReply;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Problem details for an answer (RFC 9457): `application/problem+json` with a stable type.
///
/// ```
/// use http_filter::Problem;
/// let reply = Problem::new(403, "country_blocked", "Not available in your country").into_reply();
/// assert_eq!(reply.details, "country_blocked");
/// assert_eq!(
///     String::from_utf8(reply.body).unwrap(),
///     r#"{"type":"urn:edge-filters:problem:country_blocked","title":"Not available in your country","status":403}"#,
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Problem {
    status: u16,
    details: Cow<'static, str>,
    kind: Option<&'static str>,
    title: Cow<'static, str>,
    detail: Option<String>,
    extensions: Map<String, Value>,
}

impl Problem {
    /// A problem with the HTTP status, the slug that is its type and its counter, and a title for people.
    pub fn new(
        status: u16,
        details: impl Into<Cow<'static, str>>,
        title: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            details: details.into(),
            kind: None,
            title: title.into(),
            detail: None,
            extensions: Map::new(),
        }
    }

    /// Uses a registered type URI in place of `urn:edge-filters:problem:<slug>`.
    #[must_use]
    pub fn kind(mut self, uri: &'static str) -> Self {
        self.kind = Some(uri);
        self
    }

    /// Explains this occurrence to people. Never put secrets here: the client reads it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds an extension member (RFC 9457 §3.2).
    #[must_use]
    pub fn extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// The reply that tells it.
    pub fn into_reply(self) -> LocalReply {
        let kind = self.kind.map_or_else(
            || Cow::Owned(["urn:edge-filters:problem:", &self.details].concat()),
            Cow::Borrowed,
        );
        // Written member by member, so that people read type, title, status first; a map would sort them.
        let mut body = Vec::with_capacity(160);
        let mut member = |name: &str, value: &Value| {
            body.push(if body.is_empty() { b'{' } else { b',' });
            body.extend(serde_json::to_vec(name).unwrap_or_default());
            body.push(b':');
            body.extend(serde_json::to_vec(value).unwrap_or_default());
        };
        member("type", &Value::from(kind));
        member("title", &Value::from(self.title));
        member("status", &Value::from(self.status));
        if let Some(detail) = self.detail {
            member("detail", &Value::from(detail));
        }
        for (name, value) in &self.extensions {
            member(name, value);
        }
        body.push(b'}');
        let mut reply = LocalReply::new(self.status, self.details)
            .header("content-type", "application/problem+json")
            .header("cache-control", "no-store");
        reply.body = body;
        reply
    }
}
