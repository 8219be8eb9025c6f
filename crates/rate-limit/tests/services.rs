//! What the services are told to count is what the filter asks them: the README's limits, and those of the demo mesh.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

use http_filter::{Call, Decision, Headers, Plugin, property, protobuf::Fields};
use http_filter_test::FakeHost;
use rate_limit::RateLimit;
use serde_json::Value;
use std::rc::Rc;

const README: &str = include_str!("../README.md");

/// The domain and the entries of the one descriptor that the filter asks about.
fn question(policy: &str) -> (String, Vec<(String, String)>) {
    let config = format!(r#"{{"policies": {{{policy}}}, "global": {{"cluster": "c", "domain": "edge"}}}}"#);
    let plugin = Rc::new(Plugin::<RateLimit>::new(Some(config.as_bytes())).unwrap());
    let host = FakeHost::default();
    host.set_property(property::CLAIMS, r#"{"sub": "ada"}"#);
    let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
    let Decision::Call(Call::Grpc(call)) = plugin.stream().on_request_headers(&request, &host) else {
        panic!("nobody is asked")
    };
    let descriptors = fields(&call.message, 2);
    assert_eq!(descriptors.len(), 1);
    let entries = fields(descriptors[0], 1);
    let entry = |entry: &&[u8]| (text(entry, 1), text(entry, 2));
    (text(&call.message, 1), entries.iter().map(entry).collect())
}

fn fields(message: &[u8], number: u64) -> Vec<&[u8]> {
    let fields = Fields(message).map(Result::unwrap);
    let wanted = fields.filter(|(field, _)| *field == number);
    wanted.map(|(_, value)| value.bytes().unwrap()).collect()
}

fn text(message: &[u8], number: u64) -> String {
    String::from_utf8(fields(message, number)[0].to_vec()).unwrap()
}

fn readme_block(start: &str) -> Value {
    let rest = &README[README.find(start).unwrap()..];
    serde_yaml_ng::from_str(rest.split("```").next().unwrap()).unwrap()
}

fn file(text: &str) -> Value {
    serde_yaml_ng::from_str(text).unwrap()
}

/// What envoyproxy/ratelimit would count the entries by: it goes down the tree, by key and value or by key alone.
fn rate_limit<'a>(tree: &'a Value, entries: &[(String, String)]) -> Option<&'a Value> {
    let (entry, rest) = entries.split_first()?;
    let node = tree["descriptors"].as_array()?.iter().find(|node| {
        let value = node.get("value").and_then(Value::as_str);
        node["key"] == entry.0.as_str() && value.is_none_or(|value| value == entry.1)
    })?;
    match rest {
        [] => node.get("rate_limit"),
        rest => rate_limit(node, rest),
    }
}

#[test]
fn both_services_count_what_the_filter_asks() {
    let per_user = r#""per_user": {"key": {"claim": "sub"}, "requests": 100, "per": "1m"}"#;
    let compute = r#""compute": {"key": {"claim": "sub"}, "requests": 5, "per": "10s"}"#;
    for (name, policy, tree, limits, most, seconds) in [
        (
            "the README",
            per_user,
            readme_block("domain: edge\n"),
            readme_block("- namespace: edge"),
            100,
            60,
        ),
        (
            "the demo mesh",
            compute,
            file(include_str!("../../../mesh/ratelimit-service/envoyproxy.yaml")),
            file(include_str!("../../../mesh/ratelimit-service/limits.yaml")),
            5,
            10,
        ),
    ] {
        let (domain, entries) = question(policy);
        assert_eq!(tree["domain"], domain, "{name}");
        let found = rate_limit(&tree, &entries).unwrap_or_else(|| panic!("{name}: nothing for {entries:?}"));
        assert_eq!(found["requests_per_unit"], most, "{name}");

        let [(label, policy), (part, _)] = entries.as_slice() else {
            panic!("{entries:?}")
        };
        let limit = &limits[0];
        assert_eq!(limit["namespace"], domain, "{name}");
        assert_eq!(
            (&limit["max_value"], &limit["seconds"]),
            (&most.into(), &seconds.into()),
            "{name}"
        );
        assert_eq!(
            limit["conditions"][0],
            format!("descriptors[0]['{label}'] == '{policy}'"),
            "{name}"
        );
        assert_eq!(
            limit["variables"][0],
            format!("descriptors[0]['{part}']"),
            "{name}"
        );
    }
}
