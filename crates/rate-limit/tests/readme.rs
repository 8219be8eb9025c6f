//! The README's examples are configurations, and its reference lists every field.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter::Plugin;
use rate_limit::RateLimit;

const README: &str = include_str!("../README.md");

#[test]
fn examples_compile() {
    let examples = http_filter_test::yaml_examples(README);
    assert!(examples.len() >= 7, "{} examples", examples.len());
    for example in examples {
        let document: serde_json::Value = serde_yaml_ng::from_str(example).unwrap();
        if let Err(error) = Plugin::<RateLimit>::new(Some(document.to_string().as_bytes())) {
            panic!("{error}\n{example}");
        }
    }
}

/// An unknown field's error lists the fields that there are: each must be in the reference.
#[test]
fn every_field_is_documented() {
    let policy = r#""policies": {"p": {"requests": 1, "per": "1s""#;
    for (name, document) in [
        ("document", "{\"?\": 0}".to_owned()),
        ("policy", format!("{{{policy}, \"?\": 0}}}}}}")),
        ("part", format!("{{{policy}, \"key\": {{\"?\": 0}}}}}}}}")),
        (
            "network",
            format!("{{{policy}, \"key\": {{\"client_ip\": {{\"?\": 0}}}}}}}}}}"),
        ),
        ("cost", format!("{{{policy}, \"cost\": {{\"?\": 0}}}}}}}}")),
        ("exemption", format!("{{{policy}, \"exempt\": {{\"?\": 0}}}}}}}}")),
        ("rule", format!("{{{policy}}}}}, \"rules\": {{\"?\": 0}}}}")),
        ("service", format!("{{{policy}}}}}, \"global\": {{\"?\": 0}}}}")),
        ("headers", format!("{{{policy}}}}}, \"headers\": {{\"?\": 0}}}}")),
        ("reply", format!("{{{policy}}}}}, \"reply\": {{\"?\": 0}}}}")),
        (
            "client_ip",
            format!("{{{policy}}}}}, \"client_ip\": {{\"?\": 0}}}}"),
        ),
    ] {
        let error = Plugin::<RateLimit>::new(Some(document.as_bytes()))
            .err()
            .unwrap()
            .to_string();
        let fields = error.split_once("found an unknown field, expected one of ");
        let (_, fields) = fields.unwrap_or_else(|| panic!("{name}: {error}"));
        for field in fields.split(", ").filter(|field| !field.is_empty()) {
            let known = [
                format!("`{field}`"),
                format!("`{field}."),
                format!(".{field}`"),
                format!("{{{field}:"),
                format!(" {field}:"),
            ];
            assert!(
                known.iter().any(|text| README.contains(text)),
                "{name}: {field} isn't in the README"
            );
        }
    }
}
