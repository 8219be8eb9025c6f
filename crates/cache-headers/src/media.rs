use http_filter::{Headers, is_token};
use serde_json::Value;

/// Media types: one (`text/html`), all of a kind (`image/*`), all with a suffix (`application/*+json`), or `*/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRange {
    head: String,
    tail: Option<String>,
}

impl MediaRange {
    /// Whether `media_type`, without parameters and in lower case, is in the range.
    pub fn matches(&self, media_type: &[u8]) -> bool {
        match (&self.tail, media_type.strip_prefix(self.head.as_bytes())) {
            (Some(tail), Some(rest)) => rest.ends_with(tail.as_bytes()),
            (None, Some(rest)) => rest.is_empty(),
            (_, None) => false,
        }
    }

    pub(crate) fn read(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (kind, subtype) = text.split_once('/')?;
        let (head, tail) = match (kind, subtype.split_once('*')) {
            ("*", Some(("", ""))) => (String::new(), Some("")),
            (_, Some(("", tail))) if tail.is_empty() || tail.starts_with('+') => {
                ([kind, "/"].concat(), Some(tail))
            }
            (_, None) if is_token(subtype.as_bytes()) => (text.clone(), None),
            _ => return None,
        };
        let plain = |text: &str| is_token(text.as_bytes()) && !text.contains('*');
        let kind_is_plain = head.is_empty() || plain(kind);
        let tail_is_plain = tail.is_none_or(|tail| tail.is_empty() || plain(tail));
        (kind_is_plain && tail_is_plain).then(|| Self {
            head,
            tail: tail.map(str::to_owned),
        })
    }
}

/// The media type of a message without its parameters, in lower case; empty where there is none.
pub(crate) fn media_type(message: &Headers) -> Vec<u8> {
    let value = message.first("content-type").unwrap_or_default();
    value
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase()
}

/// What a media range looks like.
pub(crate) const EXPECTED: &str = "a media type such as \"text/html\", \"image/*\" or \"application/*+json\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, media_type, expected) in [
            ("text/html", "text/html", Some(true)),
            ("Text/HTML", "text/html", Some(true)),
            ("text/html", "text/htmlx", Some(false)),
            ("image/*", "image/png", Some(true)),
            ("image/*", "images/png", Some(false)),
            ("application/*+json", "application/ld+json", Some(true)),
            ("application/*+json", "application/json", Some(false)),
            ("*/*", "", Some(true)),
            ("text", "", None),
            ("*/html", "", None),
            ("text/*html", "", None),
            ("text/html; charset=utf-8", "", None),
            ("text/", "", None),
        ] {
            let parsed = MediaRange::parse(range);
            assert_eq!(
                parsed.map(|range| range.matches(media_type.as_bytes())),
                expected,
                "{range} ~ {media_type}"
            );
        }
    }
}
