//! Every example of the README is a configuration that compiles.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter::Plugin;
use rate_limit::RateLimit;

#[test]
fn examples_compile() {
    let readme = include_str!("../README.md");
    let examples: Vec<&str> = readme
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(examples.len() >= 7, "{} examples", examples.len());
    for example in examples {
        let document: serde_json::Value = serde_yaml_ng::from_str(example).unwrap();
        if let Err(error) = Plugin::<RateLimit>::new(Some(document.to_string().as_bytes())) {
            panic!("{error}\n{example}");
        }
    }
}

/// What the reference lists is what there is.
#[test]
fn every_field_is_documented() {
    let document = include_str!("../src/document.rs");
    let readme = include_str!("../README.md");
    let mut fields = 0;
    for line in document.lines() {
        let Some(rest) = line.strip_prefix("    pub ") else {
            continue;
        };
        let Some((name, _)) = rest.split_once(':') else {
            continue;
        };
        let name = if name == "matches" { "match" } else { name };
        fields += 1;
        let known = [format!("`{name}`"), format!(".{name}`"), format!("`{name}.")];
        assert!(
            known.iter().any(|text| readme.contains(text)),
            "{name} isn't in the README"
        );
    }
    assert!(fields > 40, "{fields} fields");
}
