//! The small languages of rules: templates of tags, media ranges, statuses, names and directives. Any text is read or
//! refused, and what is read writes no line that says more than it.
#![no_main]

use cache_headers::{CacheHeaders, Template};
use http_fields::{CacheControl, MediaRange, StatusPattern};
use http_filter::{Headers, Plugin, document::Text};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::rc::Rc;

/// What the rule `rule` makes of a response to `path`.
fn after(rule: Value, path: &[u8]) -> Option<Headers> {
    let config = json!({"rules": rule}).to_string();
    let plugin = Plugin::<CacheHeaders>::new(Some(config.as_bytes())).ok()?;
    let (host, mut stream) = (FakeHost::default(), Rc::new(plugin).stream());
    let request = Headers::new(vec![
        (":method".to_owned(), b"GET".to_vec()),
        (":path".to_owned(), path.to_vec()),
        (":authority".to_owned(), path.to_vec()),
        ("x-a".to_owned(), path.to_vec()),
    ]);
    let response = Headers::new(vec![
        (":status".to_owned(), b"200".to_vec()),
        ("x-b".to_owned(), path.to_vec()),
    ]);
    let _ = stream.on_request_headers(&request, &host);
    let seen = response.mutated(&stream.on_response_headers(&response, &host).headers);
    for (name, value) in seen.iter().filter(|(name, _)| *name != "x-b") {
        assert!(
            !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)),
            "{name}: {value:?}"
        );
    }
    Some(seen)
}

fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let Ok(text) = std::str::from_utf8(lines.next().unwrap_or_default()) else {
        return;
    };
    let path = [b"/", lines.next().unwrap_or_default()].concat();
    if Template::parse(text).is_some() {
        let seen = after(json!({"tags": text}), &path).unwrap();
        // One template is one key, whatever the exchange puts into it.
        let keys = seen.first("surrogate-key").unwrap_or_default();
        assert!(!keys.contains(&b' ') && !keys.contains(&b','), "{text}: {keys:?}");
        assert_eq!(seen.first("cache-tag").unwrap_or_default(), keys, "{text}");
    }
    // Of a path with an extension the armor against cache deception would have its own word, here and below.
    if let Some(seen) = after(json!({"browser": {"no_store": true, "extensions": text}}), b"/") {
        let field = CacheControl::parse(seen.all("cache-control"));
        assert_eq!(field.members().len(), 2, "{text}: {field:?}");
    }
    if let Some(seen) = after(json!({"no_vary_search": {"params": text}}), b"/") {
        assert_eq!(
            seen.first("no-vary-search").unwrap(),
            format!("params=(\"{text}\")").as_bytes()
        );
    }
    if let Some(range) = MediaRange::parse(text) {
        assert!(!range.matches(b"") || text == "*/*", "{text}");
        assert!(
            text.contains('*') || range.matches(text.to_ascii_lowercase().as_bytes()),
            "{text}"
        );
    }
    if let Some(pattern) = StatusPattern::parse(text) {
        assert!(
            (100..600).any(|status| pattern.matches(status)) && !pattern.matches(600),
            "{text}"
        );
    }
});
