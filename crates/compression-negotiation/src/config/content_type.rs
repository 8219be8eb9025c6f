use http_fields::MediaRange;

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
pub(crate) fn is_listed(patterns: &[MediaRange], media_type: &[u8]) -> bool {
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
    fn event_streams_must_be_named() {
        let patterns = |texts: &[&str]| -> Vec<_> {
            texts
                .iter()
                .map(|text| MediaRange::parse(text).unwrap())
                .collect()
        };
        assert!(!is_listed(&patterns(&["text/*", "*/*"]), b"text/event-stream"));
        assert!(is_listed(&patterns(&["text/event-stream"]), b"Text/Event-Stream"));
    }

    #[test]
    fn the_defaults_are_patterns() {
        for text in DEFAULT_CONTENT_TYPES {
            assert!(MediaRange::parse(text).is_some(), "{text}");
        }
    }
}
