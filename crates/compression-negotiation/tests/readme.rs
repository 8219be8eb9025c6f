//! Every example of the README is a configuration that the filter takes.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

use compression_negotiation::{CompressionNegotiation, DEFAULT_CONTENT_TYPES};
use http_filter::Plugin;

const README: &str = include_str!("../README.md");

#[test]
fn examples_are_configurations() {
    let mut examples = 0;
    for (index, yaml) in http_filter_test::yaml_examples(README).into_iter().enumerate() {
        // What stands under `all-codings` only is taken by that build only.
        let needs_all = yaml.starts_with("# all-codings");
        if needs_all && !cfg!(feature = "all-codings") {
            continue;
        }
        let document: serde_json::Value = serde_yaml_ng::from_str(yaml).unwrap();
        if let Err(error) = Plugin::<CompressionNegotiation>::new(Some(document.to_string().as_bytes())) {
            panic!("example {index}: {error}\n{yaml}");
        }
        examples += 1;
    }
    assert!(examples >= 6, "{examples} examples");
}

#[test]
fn the_default_types_are_those_that_are_documented() {
    let section = README.split("### Content types").nth(1).unwrap();
    let documented = section.split("Server-sent").next().unwrap();
    for name in DEFAULT_CONTENT_TYPES {
        assert!(documented.contains(&format!("`{name}`")), "{name}");
    }
    assert_eq!(documented.matches('`').count() / 2, DEFAULT_CONTENT_TYPES.len());
}
