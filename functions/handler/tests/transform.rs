//! `POST /transform`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

mod common;

use common::{json_of, post};
use serde_json::{Value, json};

#[test]
fn transform() {
    let rows: &[(&str, Value, Value, Value)] = &[
        ("nothing", json!({"a": 1}), json!([]), json!({"a": 1})),
        (
            "pick",
            json!({"a": 1, "b": {"c": 2, "d": 3}}),
            json!([{"op": "pick", "paths": ["/b/c", "/x"]}]),
            json!({"b": {"c": 2}}),
        ),
        (
            "pick in and out",
            json!({"b": {"c": 2, "d": 3}}),
            json!([{"op": "pick", "paths": ["/b/c", "/b"]}]),
            json!({"b": {"c": 2, "d": 3}}),
        ),
        (
            "remove",
            json!({"a": 1, "b/c": 2}),
            json!([{"op": "remove", "paths": ["/b~1c"]}]),
            json!({"a": 1}),
        ),
        (
            "rename",
            json!({"a": {"b": 1}}),
            json!([{"op": "rename", "path": "/a/b", "to": "c"}]),
            json!({"a": {"c": 1}}),
        ),
        (
            "case",
            json!({"a": "Ab", "b": "Ab"}),
            json!([{"op": "uppercase", "path": "/a"}, {"op": "lowercase", "path": "/b"}]),
            json!({"a": "AB", "b": "ab"}),
        ),
        (
            "flatten",
            json!({"a": {"b": [1, {"c": 2}], "e": {}}}),
            json!([{"op": "flatten"}]),
            json!({"a.b.0": 1, "a.b.1.c": 2, "a.e": {}}),
        ),
        (
            "flatten with a slash",
            json!({"a": {"b": 1}}),
            json!([{"op": "flatten", "separator": "/"}]),
            json!({"a/b": 1}),
        ),
        (
            "each element",
            json!([{"a": 1, "b": 2}, {"a": 3}]),
            json!([{"op": "pick", "paths": ["/a"]}]),
            json!([{"a": 1}, {"a": 3}]),
        ),
    ];
    for (name, input, operations, expected) in rows {
        let response = post("/transform", &json!({"input": input, "operations": operations}));
        assert_eq!(json_of(&response), json!({"output": expected}), "{name}");
    }

    let nested = (0..100).fold(
        json!((0..2000).collect::<Vec<_>>()),
        |inner, _| json!({"n".repeat(1000): inner}),
    );
    let refused: &[(&str, Value, &str)] = &[
        (
            "unknown operation",
            json!({"input": 1, "operations": [{"op": "explode"}]}),
            "/operations",
        ),
        (
            "unknown member",
            json!({"input": 1, "operations": [], "dry_run": true}),
            "/dry_run",
        ),
        ("no input", json!({"operations": []}), "/input"),
        (
            "name taken",
            json!({"input": {"a": 1, "b": 2}, "operations": [{"op": "rename", "path": "/a", "to": "b"}]}),
            "/operations/0",
        ),
        (
            "not text",
            json!({"input": {"a": 1}, "operations": [{"op": "uppercase", "path": "/a"}]}),
            "/operations/0",
        ),
        (
            "two of one name",
            json!({"input": {"a.b": 1, "a": {"b": 2}}, "operations": [{"op": "flatten"}]}),
            "/operations/0",
        ),
        (
            "too many operations",
            json!({"input": 1, "operations": vec![json!({"op": "flatten"}); 33]}),
            "/operations",
        ),
        (
            "names that multiply",
            json!({"input": nested, "operations": [{"op": "flatten"}]}),
            "/operations/0",
        ),
        (
            "a long name many times",
            json!({"input": vec![json!({"a": 1}); 1000], "operations": [{"op": "rename", "path": "/a", "to": "n".repeat(100_000)}]}),
            "/operations/0",
        ),
    ];
    for (name, body, pointer) in refused {
        let response = post("/transform", body);
        assert_eq!(response.status, 422, "{name}");
        assert_eq!(json_of(&response)["pointer"], *pointer, "{name}");
    }
}
