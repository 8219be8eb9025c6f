//! The README's examples are configurations, and its reference names every field.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use geo_routing::GeoRouting;
use http_filter::Plugin;

const README: &str = include_str!("../README.md");

#[test]
fn examples_compile() {
    let examples = http_filter_test::yaml_examples(README);
    assert!(examples.len() >= 5, "{} examples", examples.len());
    for example in examples {
        if let Err(error) = compile(example) {
            panic!("{error}\n{example}");
        }
    }
}

/// The error for an unknown field lists those there are: each must be in the reference.
#[test]
fn every_field_is_in_the_reference() {
    let (_, reference) = README.split_once("## Reference").unwrap();
    for (name, text) in [
        ("document", "x: 0"),
        ("source", "client: {x: 0}"),
        ("trust", "client: {trust: {x: 0}}"),
        ("secret", "client: {trust: {secret: {x: 0}}}"),
        ("database", "client: {database: {x: 0}}"),
        ("address", "address: {x: 0}"),
        ("place", "reserved: {x: 0}"),
        ("region", "regions: {a: {x: 0}}"),
        ("rule", "rules: {x: 0}"),
        ("condition", "rules: {when: {x: 0}}"),
        ("headers", "rules: {headers: {x: 0}}"),
        ("block", "rules: {block: {x: 0}}"),
        ("redirect", "rules: {redirect: {x: 0}}"),
        ("tester", "tester: {x: 0}"),
        ("debug", "debug: {x: 0}"),
        ("guard", "cache_guard: {x: 0}"),
    ] {
        let error = compile(text).unwrap_err();
        let (_, fields) = error
            .split_once("expected one of ")
            .unwrap_or_else(|| panic!("{name}: {error}"));
        for field in fields.split(", ") {
            let mentioned = [
                format!("`{field}`"),
                format!("`{field}: "),
                format!("{{{field}: "),
                format!("`{field}["),
            ];
            assert!(
                mentioned.iter().any(|text| reference.contains(text)),
                "{name}: {field} isn't in the reference"
            );
        }
    }
}

fn compile(yaml: &str) -> Result<(), String> {
    let document: serde_json::Value = serde_yaml_ng::from_str(yaml).unwrap();
    let plugin = Plugin::<GeoRouting>::new(Some(document.to_string().as_bytes()));
    plugin.map(|_| ()).map_err(|error| error.to_string())
}
