use http_filter::is_token;
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// Which media types: `text/html`, `text/*`, `application/*+json` (a structured syntax suffix, RFC 6838 §4.2.8), or
/// `*/*`. Case and parameters don't matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentTypePattern {
    head: String,
    /// What follows the `*`, if there is one.
    tail: Option<String>,
}

impl ContentTypePattern {
    /// Whether `media_type`, a type without parameters as [`media_type`] gives it, is meant.
    pub fn matches(&self, media_type: &[u8]) -> bool {
        let Some((head, rest)) = media_type.split_at_checked(self.head.len()) else {
            return false;
        };
        head.eq_ignore_ascii_case(self.head.as_bytes())
            && match &self.tail {
                None => rest.is_empty(),
                Some(tail) => rest
                    .len()
                    .checked_sub(tail.len())
                    .and_then(|at| rest.get(at..))
                    .is_some_and(|end| end.eq_ignore_ascii_case(tail.as_bytes())),
            }
    }

    /// Whether the pattern is this type and no other.
    pub fn is_exactly(&self, media_type: &str) -> bool {
        self.tail.is_none() && self.head == media_type
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, subtype) = text.split_once('/')?;
        let lower = |text: &str| text.to_ascii_lowercase();
        if (kind, subtype) == ("*", "*") {
            return Some(Self {
                head: String::new(),
                tail: Some(String::new()),
            });
        }
        let plain = |text: &str| is_token(text.as_bytes()) && !text.contains('*');
        if !plain(kind) {
            return None;
        }
        match subtype.split_once('*') {
            None => plain(subtype).then(|| Self {
                head: lower(text),
                tail: None,
            }),
            Some(("", suffix))
                if suffix.is_empty() || suffix.len() > 1 && suffix.starts_with('+') && plain(suffix) =>
            {
                Some(Self {
                    head: lower(kind) + "/",
                    tail: Some(lower(suffix)),
                })
            }
            Some(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for ContentTypePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = ContentTypePattern;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a media type such as \"text/html\", \"text/*\" or \"application/*+json\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ContentTypePattern, E> {
                ContentTypePattern::parse(text)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A Content-Type without its parameters.
pub fn media_type(content_type: &[u8]) -> &[u8] {
    content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii()
}

/// The types that shrink, and that no encoder has shrunk before. `text/*` leaves out `text/event-stream`, which is
/// encoded only where it is listed by its own name.
pub const DEFAULT_CONTENT_TYPES: &[&str] = &[
    "text/*",
    "application/json",
    "application/*+json",
    "application/x-ndjson",
    "application/javascript",
    "application/x-javascript",
    "application/xml",
    "application/*+xml",
    "application/wasm",
    "application/x-protobuf",
    "application/vnd.ms-fontobject",
    "font/ttf",
    "font/otf",
    "image/svg+xml",
    "image/bmp",
    "image/x-icon",
    "image/vnd.microsoft.icon",
];

/// Whether `media_type` is one of `patterns`. Server-sent events (`text/event-stream`) must be listed by name: an
/// encoder that holds an event back breaks what they are for.
pub(crate) fn is_listed(patterns: &[ContentTypePattern], media_type: &[u8]) -> bool {
    if media_type.eq_ignore_ascii_case(EVENT_STREAM.as_bytes()) {
        return patterns.iter().any(|pattern| pattern.is_exactly(EVENT_STREAM));
    }
    patterns.iter().any(|pattern| pattern.matches(media_type))
}

pub(crate) const EVENT_STREAM: &str = "text/event-stream";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_types() {
        for (pattern, content_type, expected) in [
            ("text/html", "text/html; charset=utf-8", true),
            ("text/html", "TEXT/HTML", true),
            ("text/html", "text/htmlx", false),
            ("text/*", "text/plain", true),
            ("text/*", "texts/plain", false),
            ("application/*+json", "application/problem+json", true),
            ("application/*+json", "application/json", false),
            ("application/*+json", "application/+jso", false),
            ("*/*", "image/png", true),
            ("text/html", "", false),
        ] {
            let parsed = ContentTypePattern::parse(pattern).unwrap();
            assert_eq!(
                parsed.matches(media_type(content_type.as_bytes())),
                expected,
                "{pattern} {content_type}"
            );
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "text",
            "text/",
            "/html",
            "*/json",
            "te*t/html",
            "text/*ml",
            "text/h*",
            "a/b;c=d",
            "a/*+",
        ] {
            assert_eq!(ContentTypePattern::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn event_streams_must_be_named() {
        let patterns = |texts: &[&str]| -> Vec<_> {
            texts
                .iter()
                .map(|text| ContentTypePattern::parse(text).unwrap())
                .collect()
        };
        assert!(!is_listed(&patterns(&["text/*", "*/*"]), b"text/event-stream"));
        assert!(is_listed(&patterns(&["text/event-stream"]), b"Text/Event-Stream"));
    }

    #[test]
    fn the_defaults_are_patterns() {
        for text in DEFAULT_CONTENT_TYPES {
            assert!(ContentTypePattern::parse(text).is_some(), "{text}");
        }
    }
}
