//! The README: its examples are configurations, and what it lists is what there is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cache_headers::CacheHeaders;
use http_filter::Plugin;
use http_filter_test::FakeHost;
use std::rc::Rc;

const README: &str = include_str!("../README.md");

fn plugin(yaml: &str) -> Plugin<CacheHeaders> {
    let document: serde_json::Value = serde_yaml_ng::from_str(yaml).unwrap();
    Plugin::new(Some(document.to_string().as_bytes())).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

#[test]
fn examples_are_configurations() {
    let examples = http_filter_test::yaml_examples(README);
    assert!(examples.len() >= 5, "{} examples", examples.len());
    for example in examples {
        plugin(example);
    }
}

#[test]
fn presets_are_as_listed() {
    for line in README
        .lines()
        .skip_while(|line| *line != "### Presets")
        .filter(|line| line.starts_with("| `"))
        .take(5)
    {
        let cells: Vec<&str> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        let (preset, browser, cdn) = (cells[1], cells[2], cells[3]);
        let plugin = Rc::new(plugin(&format!("rules: {{preset: {preset}}}")));
        let mut stream = plugin.stream();
        let host = FakeHost::default();
        let request = [(":method", "GET"), (":path", "/")].into_iter().collect();
        let _ = stream.on_request_headers(request, &host);
        let response: http_filter::Headers = [(":status", "200")].into_iter().collect();
        let seen = response.mutated(&stream.on_response_headers(&response, &host).headers);
        assert_eq!(seen.first("cache-control"), Some(browser.as_bytes()), "{preset}");
        assert_eq!(
            seen.first("cdn-cache-control").unwrap_or_default(),
            cdn.as_bytes(),
            "{preset}"
        );
    }
}
