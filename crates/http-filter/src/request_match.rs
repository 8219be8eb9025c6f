use crate::{Headers, OneOrMany, PathPattern, cookies, query};
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt};

/// Which requests a rule is for. Every condition must hold; one that isn't given always does.
///
/// ```
/// use http_filter::{Headers, Match, config};
/// let rule: Match = config::parse(br#"{"path": ["/api/*", "/rpc"], "methods": "POST", "headers": {"x-beta": true}}"#).unwrap();
/// let request: Headers = [(":method", "POST"), (":path", "/api/x?y"), ("x-beta", "1")].into_iter().collect();
/// assert!(rule.matches(&request));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// Hosts, without port: `example.com`, or `*.example.com` for everything below it.
    pub host: OneOrMany<HostPattern>,
    /// Path patterns.
    pub path: OneOrMany<PathPattern>,
    /// Methods, upper case.
    pub methods: OneOrMany<Method>,
    /// Header fields: a name and what one of its lines must be.
    pub headers: BTreeMap<FieldName, ValuePattern>,
    /// Cookies: a name and what its value must be.
    pub cookies: BTreeMap<String, ValuePattern>,
    /// Query parameters: a name and what its value, percent-decoded, must be.
    pub query: BTreeMap<String, ValuePattern>,
}

impl Match {
    /// Whether `request` meets every condition.
    pub fn matches(&self, request: &Headers) -> bool {
        (self.methods.is_empty()
            || self
                .methods
                .iter()
                .any(|method| method.0.as_bytes() == request.method()))
            && (self.path.is_empty() || {
                let path = request.path();
                self.path.iter().any(|pattern| pattern.matches(path))
            })
            && (self.host.is_empty() || self.host.iter().any(|host| host.matches(request.authority())))
            && self
                .headers
                .iter()
                .all(|(name, pattern)| pattern.matches(request.all(&name.0)))
            && self.cookies.iter().all(|(name, pattern)| {
                pattern.matches(
                    cookies::all(request)
                        .filter(|cookie| cookie.name == name.as_bytes())
                        .map(|cookie| cookie.value),
                )
            })
            && self.query.iter().all(|(name, pattern)| {
                let values: Vec<_> = query::values(request, name.as_bytes()).collect();
                pattern.matches(values.iter().map(AsRef::as_ref))
            })
    }
}

/// A host name, or everything below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern(String);

impl HostPattern {
    /// Whether `authority`, its port aside, is this host; case does not matter (RFC 3986 §3.2.2).
    pub fn matches(&self, authority: &[u8]) -> bool {
        let host = without_port(authority);
        match self.0.strip_prefix('*') {
            Some(suffix) => {
                host.len() > suffix.len()
                    && host
                        .get(host.len() - suffix.len()..)
                        .is_some_and(|end| end.eq_ignore_ascii_case(suffix.as_bytes()))
            }
            None => host.eq_ignore_ascii_case(self.0.as_bytes()),
        }
    }
}

/// An authority without its port.
fn without_port(authority: &[u8]) -> &[u8] {
    match authority.iter().rposition(|byte| *byte == b':') {
        Some(colon)
            if authority
                .get(colon + 1..)
                .is_some_and(|port| port.iter().all(u8::is_ascii_digit)) =>
        {
            let host = authority.get(..colon).unwrap_or_default();
            // A bare IPv6 address has colons of its own; with a port it stands in brackets.
            if host.contains(&b':') && !host.ends_with(b"]") {
                authority
            } else {
                host
            }
        }
        _ => authority,
    }
}

/// A method's name: a token (RFC 9110 §9.1), case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method(pub String);

/// A field name, held in lower case (RFC 9110 §5.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldName(pub String);

/// What a value must be: `abc`, `abc*`, `*abc`, `*abc*`; or `true` for present, `false` for absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValuePattern {
    /// There is one, whatever it is.
    Present,
    /// There is none.
    Absent,
    /// One is exactly this.
    Exact(String),
    /// One begins so.
    Prefix(String),
    /// One ends so.
    Suffix(String),
    /// One contains this.
    Contains(String),
}

impl ValuePattern {
    /// Whether one of `values` is as the pattern wants; for [`ValuePattern::Absent`] whether there is none.
    pub fn matches<'a>(&self, mut values: impl Iterator<Item = &'a [u8]>) -> bool {
        match self {
            Self::Present => values.next().is_some(),
            Self::Absent => values.next().is_none(),
            Self::Exact(text) => values.any(|value| value == text.as_bytes()),
            Self::Prefix(text) => values.any(|value| value.starts_with(text.as_bytes())),
            Self::Suffix(text) => values.any(|value| value.ends_with(text.as_bytes())),
            Self::Contains(text) => values.any(|value| {
                text.is_empty() || value.windows(text.len()).any(|window| window == text.as_bytes())
            }),
        }
    }

    fn parse(text: &str) -> Self {
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(""), _) => Self::Present,
            (Some(rest), Some(_)) => Self::Contains(rest.strip_suffix('*').unwrap_or(rest).to_owned()),
            (Some(rest), None) => Self::Suffix(rest.to_owned()),
            (None, Some(rest)) => Self::Prefix(rest.to_owned()),
            (None, None) => Self::Exact(text.to_owned()),
        }
    }
}

/// Whether `text` is a token (RFC 9110 §5.6.2).
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// Deserialises a string type from what `parse` makes of the text, or says what was `expected`.
macro_rules! deserialize_str {
    ($type:ty, $expected:literal, $parse:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        $parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

deserialize_str!(Method, "a method such as \"GET\", in upper case", |text: &str| {
    (is_token(text.as_bytes()) && !text.bytes().any(|byte| byte.is_ascii_lowercase()))
        .then(|| Method(text.to_owned()))
});
deserialize_str!(FieldName, "a header field's name", |text: &str| {
    is_token(text.as_bytes()).then(|| FieldName(text.to_ascii_lowercase()))
});
deserialize_str!(
    HostPattern,
    "a host such as \"example.com\" or \"*.example.com\", without port",
    |text: &str| {
        let host = text.strip_prefix("*.").unwrap_or(text);
        let bare = without_port(host.as_bytes()).len() == host.len();
        (!host.is_empty() && bare && !host.contains(['*', '/', ' '])).then(|| HostPattern(text.to_owned()))
    }
);

impl<'de> Deserialize<'de> for ValuePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = ValuePattern;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, perhaps with \"*\" at an end, or true (present) or false (absent)")
            }
            fn visit_bool<E: de::Error>(self, present: bool) -> Result<ValuePattern, E> {
                Ok(if present {
                    ValuePattern::Present
                } else {
                    ValuePattern::Absent
                })
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ValuePattern, E> {
                Ok(ValuePattern::parse(text))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::from_value;
    use serde_json::json;

    #[test]
    fn conditions_hold_together() {
        let request: Headers = [
            (":method", "GET"),
            (":path", "/api/users/7?debug=a%20b&x"),
            (":authority", "API.example.com:8443"),
            ("x-env", "dev"),
            ("x-env", "prod-eu"),
            ("cookie", "a=1; session=s=9"),
        ]
        .into_iter()
        .collect();
        for (name, document, expected) in [
            ("nothing", json!({}), true),
            ("method", json!({"methods": ["HEAD", "GET"]}), true),
            ("other method", json!({"methods": "POST"}), false),
            ("path", json!({"path": "/api/users/{id}"}), true),
            ("other path", json!({"path": ["/x", "/y/*"]}), false),
            ("host", json!({"host": "api.example.com"}), true),
            ("wildcard host", json!({"host": "*.example.com"}), true),
            ("not below itself", json!({"host": "*.api.example.com"}), false),
            ("header of any line", json!({"headers": {"X-Env": "prod*"}}), true),
            ("header absent", json!({"headers": {"x-env": false}}), false),
            ("absent header", json!({"headers": {"x-none": false}}), true),
            ("cookie", json!({"cookies": {"session": "s=9"}}), true),
            ("cookie suffix", json!({"cookies": {"session": "*8"}}), false),
            ("query decoded", json!({"query": {"debug": "a b"}}), true),
            ("query present", json!({"query": {"x": true}}), true),
            ("query contains", json!({"query": {"debug": "* *"}}), true),
            (
                "all",
                json!({"methods": "GET", "host": "api.example.com", "query": {"y": true}}),
                false,
            ),
        ] {
            assert_eq!(
                from_value::<Match>(document).unwrap().matches(&request),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (document, expected) in [
            (
                json!({"paths": "/"}),
                "paths: unknown field `paths`, expected one of",
            ),
            (
                json!({"methods": ["get"]}),
                "methods[0]: invalid value: string \"get\", expected a method",
            ),
            (
                json!({"host": "a.b:80"}),
                "host: invalid value: string \"a.b:80\", expected a host",
            ),
            (
                json!({"headers": {"a b": true}}),
                "expected a header field's name",
            ),
            (
                json!({"path": "x"}),
                "path: invalid value: string \"x\", expected a path such as",
            ),
        ] {
            let error = from_value::<Match>(document).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn ports_are_no_part_of_a_host() {
        for (authority, expected) in [
            ("a.b:80", "a.b"),
            ("a.b", "a.b"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("::1", "::1"),
            ("", ""),
        ] {
            assert_eq!(
                without_port(authority.as_bytes()),
                expected.as_bytes(),
                "{authority}"
            );
        }
    }
}
