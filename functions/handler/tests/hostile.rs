//! Whatever is sent, there is an answer that HTTP allows.

#![allow(clippy::unwrap_used, reason = "tests")]

use functions_handler::{Body, Place, Request, handle};
use proptest::prelude::*;
use serde_json::{Value, json};

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[ab/~*]{0,2}", inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let path = || "(/[ab*~]{0,2}){0,3}";
    prop_oneof![
        prop::collection::vec(path(), 0..3).prop_map(|paths| json!({"op": "pick", "paths": paths})),
        prop::collection::vec(path(), 0..3).prop_map(|paths| json!({"op": "remove", "paths": paths})),
        (path(), "[ab]{0,2}").prop_map(|(path, to)| json!({"op": "rename", "path": path, "to": to})),
        path().prop_map(|path| json!({"op": "uppercase", "path": path})),
        ".{0,2}".prop_map(|separator| json!({"op": "flatten", "separator": separator})),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let rule = ("(/[ab*]{0,2}){0,3}", any::<bool>(), 0..9_usize).prop_map(
        |(path, required, length)| json!({"path": path, "required": required, "max_length": length}),
    );
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        json_value().prop_map(|value| value.to_string().into_bytes()),
        (json_value(), prop::collection::vec(operation(), 0..4)).prop_map(|(input, operations)| {
            json!({"input": input, "operations": operations})
                .to_string()
                .into_bytes()
        }),
        (json_value(), prop::collection::vec(rule, 0..4))
            .prop_map(|(value, rules)| json!({"value": value, "rules": rules}).to_string().into_bytes()),
        (json_value(), "(/[ab]{0,2}){0,2}").prop_map(|(values, field)| {
            json!({"values": values, "field": field, "group_by": field})
                .to_string()
                .into_bytes()
        }),
    ]
}

proptest! {
    #[test]
    fn every_request_is_answered(
        method in prop_oneof![Just("POST".to_owned()), Just("GET".to_owned()), Just("HEAD".to_owned()), "\\PC{0,5}"],
        target in prop_oneof!["/(transform|validate|aggregate|geo|text|stream|asset/edge.css)(\\?(n|ms|bytes)=\\PC{0,6})?", "\\PC{0,20}"],
        value in prop::collection::vec(any::<u8>(), 0..40),
        body in body(),
    ) {
        let headers = vec![
            ("content-type".to_owned(), b"application/json".to_vec()),
            ("x-user".to_owned(), value.clone()),
            ("if-none-match".to_owned(), value),
        ];
        let response = handle(&Request { method: method.clone(), target, headers, body }, &Place::default());
        let of = |name: &str| response.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
        prop_assert!(matches!(response.status, 200 | 204 | 304 | 400 | 404 | 405 | 422), "{}", response.status);
        match &response.body {
            Body::Whole(content) => {
                let length = of("content-length").map(|length| length.parse::<usize>().unwrap());
                prop_assert!(length.is_none_or(|length| length == content.len()));
                prop_assert!(length.is_some() || content.is_empty());
                if of("content-type").is_some_and(|kind| kind.contains("json")) && method != "HEAD" {
                    serde_json::from_slice::<Value>(content).unwrap();
                }
            }
            Body::Paced { chunks, .. } => prop_assert!(chunks.len() <= 50),
        }
        prop_assert_eq!(response.status >= 400, of("content-type").as_deref() == Some("application/problem+json"));
    }
}
