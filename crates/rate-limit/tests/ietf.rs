//! The examples of the IETF draft, written by this filter: the same names, the same types, the same values.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter::{Decision, Headers, Plugin};
use http_filter_test::{FakeHost, vectors};
use rate_limit::RateLimit;
use sfv::{BareItem, List, ListEntry, Parser};
use std::{collections::BTreeMap, rc::Rc};

const DRAFT: &str = "ietf/draft-ietf-httpapi-ratelimit-headers-post10-2025-09-23.md";

/// A field's items: name and parameters.
fn items(field: &str) -> Vec<(String, BTreeMap<String, BareItem>)> {
    let list: List = Parser::new(field)
        .parse()
        .unwrap_or_else(|error| panic!("{field}: {error}"));
    list.into_iter()
        .map(|entry| {
            let ListEntry::Item(item) = entry else {
                panic!("{field}: an inner list")
            };
            let BareItem::String(name) = item.bare_item else {
                panic!("{field}: not a String")
            };
            let parameters = item
                .params
                .into_iter()
                .map(|(name, value)| (name.to_string(), value));
            (name.to_string(), parameters.collect())
        })
        .collect()
}

fn whole(value: &BareItem) -> u64 {
    i64::from(value.as_integer().unwrap()).try_into().unwrap()
}

#[test]
fn the_drafts_policies_come_out_as_the_draft_writes_them() {
    let Some(folder) = vectors("ratelimit") else {
        return;
    };
    let draft = std::fs::read_to_string(folder.join(DRAFT)).unwrap();
    let mut examples = 0;
    for line in draft
        .lines()
        .filter_map(|line| line.trim().strip_prefix("RateLimit-Policy: "))
    {
        // Some examples of the appendix have tokens for names, which the draft itself rules out (§3).
        if !line.starts_with('"') {
            continue;
        }
        let expected = items(line);
        // Partition keys aren't sent; a window is what the quota refills in.
        let known = |(_, parameters): &&(String, BTreeMap<String, BareItem>)| parameters.contains_key("w");
        let policies: Vec<String> = expected
            .iter()
            .filter(known)
            .map(|(name, parameters)| {
                let unit = parameters
                    .get("qu")
                    .map_or("requests", |unit| unit.as_string().unwrap().as_str());
                let (quota, window) = (whole(&parameters["q"]), whole(&parameters["w"]));
                format!(
                    r#""{name}": {{"key": [], "requests": {quota}, "per": "{window}s", "unit": "{unit}"}}"#
                )
            })
            .collect();
        if policies.len() != expected.len() {
            continue;
        }
        examples += 1;
        let config = format!(r#"{{"policies": {{{}}}}}"#, policies.join(", "));
        let plugin = Rc::new(Plugin::<RateLimit>::new(Some(config.as_bytes())).unwrap());
        let host = FakeHost::default();
        let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
        let mut stream = plugin.stream();
        assert!(matches!(
            stream.on_request_headers(&request, &host),
            Decision::Continue(_)
        ));
        let response: Headers = [(":status", "200")].into_iter().collect();
        let sent = response.mutated(&stream.on_response_headers(&response, &host).headers);
        let field = |name| String::from_utf8(sent.single(name).unwrap().unwrap().to_vec()).unwrap();
        let mut written = items(&field("ratelimit-policy"));
        let mut expected: Vec<_> = expected.clone();
        for (_, parameters) in &mut expected {
            parameters.retain(|name, _| ["q", "qu", "w"].contains(&name.as_str()));
        }
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        written.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(written, expected, "{line}");
        for ((name, left), (policy, quota)) in items(&field("ratelimit")).iter().zip(&written) {
            assert_eq!(name, policy, "the same policies in the same order");
            assert_eq!(whole(&left["r"]), whole(&quota["q"]) - 1, "{line}");
            assert!(whole(&left["t"]) <= whole(&quota["w"]), "{line}");
        }
    }
    assert!(examples >= 5, "{examples} examples in the draft");
}

#[test]
fn the_problem_type_is_the_drafts() {
    let Some(folder) = vectors("ratelimit") else {
        return;
    };
    let draft = std::fs::read_to_string(folder.join(DRAFT)).unwrap();
    let plugin = Plugin::<RateLimit>::new(Some(
        br#"{"policies": {"daily": {"key": [], "requests": 1, "per": "1d"}}}"#,
    ));
    let (plugin, host) = (Rc::new(plugin.unwrap()), FakeHost::default());
    let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
    let _ = plugin.stream().on_request_headers(&request, &host);
    let Decision::Reply(reply) = plugin.stream().on_request_headers(&request, &host) else {
        panic!("admitted")
    };
    let problem: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    for member in ["type", "title"] {
        let value = problem[member].as_str().unwrap();
        assert!(
            draft.contains(&format!("\"{member}\": \"{value}\"")),
            "{member}: {value}"
        );
    }
    assert_eq!(problem["violated-policies"], serde_json::json!(["daily"]));
    assert_eq!(reply.grpc_status, Some(8));
}
