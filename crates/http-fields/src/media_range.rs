use crate::is_token;

/// Which media types: `text/html`, `text/*`, `application/*+json` (a structured syntax suffix, RFC 6838 §4.2.8), or
/// `*/*`. Case and parameters don't matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRange {
    head: String,
    /// What follows the `*`, if there is one.
    tail: Option<String>,
}

impl MediaRange {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Option<Self> {
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
}

#[cfg(feature = "document")]
impl config_document::document::Text for MediaRange {
    const EXPECTED: &'static str = "a media type such as \"text/html\", \"text/*\" or \"application/*+json\"";
    const PATTERN: Option<&'static str> = Some("^[^/ ]+/[^/ ]+$");
    const EXAMPLES: &'static [&'static str] = &["text/html", "text/*", "application/*+json"];

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
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
            ("image/*", "images/png", false),
            ("application/*+json", "application/ld+json", true),
        ] {
            let parsed = MediaRange::parse(pattern).unwrap();
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
            assert_eq!(MediaRange::parse(text), None, "{text:?}");
        }
    }
}
