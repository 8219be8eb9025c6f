//! Every example of the README is a configuration that works, and every field has one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use serde_json::Value;
use std::rc::Rc;

const README: &str = include_str!("../README.md");

fn examples() -> Vec<Value> {
    let examples = http_filter_test::yaml_examples(README);
    let parsed = examples
        .into_iter()
        .map(|example| serde_yaml_ng::from_str(example).unwrap());
    parsed.collect()
}

#[test]
fn examples_compile_and_ask_for_tokens() {
    let examples = examples();
    assert!(examples.len() >= 12, "{}", examples.len());
    for example in examples {
        let plugin = Plugin::<JwtAuth>::new(Some(example.to_string().as_bytes()))
            .unwrap_or_else(|error| panic!("{error}\n{example}"));
        let request: Headers = [(":method", "GET"), (":path", "/orders/1"), (":authority", "a")]
            .into_iter()
            .collect();
        let decision = Rc::new(plugin)
            .stream()
            .on_request_headers(&request, &FakeHost::default());
        let Decision::Reply(reply) = decision else {
            panic!("{decision:?}\n{example}")
        };
        assert_eq!(reply.details, "token_missing", "{example}");
    }
}

/// The fields of the table that follows this text.
fn fields(before: &str) -> Vec<&'static str> {
    let (_, rest) = README.split_once(before).unwrap();
    let table = rest.lines().skip_while(|line| !line.starts_with("| `"));
    let rows = table.take_while(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').nth(1).unwrap());
    cells
        .flat_map(|cell| cell.split(',').map(|name| name.trim().trim_matches('`')))
        .collect()
}

#[test]
fn every_field_has_an_example() {
    let examples = examples();
    let pointer = |field: &str| format!("/{}", field.replace('.', "/"));
    let provider = |example: &Value, field: &str| {
        let providers = example["providers"].as_object().unwrap();
        providers
            .values()
            .any(|provider| provider.pointer(&pointer(field)).is_some())
    };
    let rule = |example: &Value, field: &str| {
        let rules = example["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
        rules.iter().any(|rule| rule.pointer(&pointer(field)).is_some())
    };
    let document = |example: &Value, field: &str| example.pointer(&pointer(field)).is_some();
    type Has<'a> = &'a dyn Fn(&Value, &str) -> bool;
    let tables: [(&str, Has<'_>, usize); 3] = [
        ("a list of one needs no brackets.", &document, 13),
        ("A provider:", &provider, 25),
        ("\nA rule:\n", &rule, 6),
    ];
    for (before, has, least) in tables {
        let fields = fields(before);
        assert!(fields.len() >= least, "{before} {fields:?}");
        for field in fields {
            assert!(
                examples.iter().any(|example| has(example, field)),
                "no example of `{field}`"
            );
        }
    }
}
