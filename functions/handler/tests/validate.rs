//! `POST /validate`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

mod common;

use common::{json_of, post};
use serde_json::{Value, json};

#[test]
fn validate() {
    let value =
        json!({"name": "Ada", "age": 36.5, "tags": ["a", "bb"], "items": [{"price": 5}, {"price": -1}, {}]});
    let rows: &[(&str, Value, &[(&str, &str)])] = &[
        (
            "holds",
            json!({"path": "/name", "required": true, "type": "string", "min_length": 3}),
            &[],
        ),
        ("the document itself", json!({"path": "", "type": "object"}), &[]),
        ("absent is fine", json!({"path": "/email", "type": "string"}), &[]),
        (
            "required",
            json!({"path": "/email", "required": true}),
            &[("/email", "required")],
        ),
        (
            "required inside what is absent",
            json!({"path": "/a/b~1c", "required": true}),
            &[("/a/b~1c", "required")],
        ),
        (
            "type",
            json!({"path": "/age", "type": "integer"}),
            &[("/age", "type")],
        ),
        (
            "range",
            json!({"path": "/age", "minimum": 40, "maximum": 30}),
            &[("/age", "minimum"), ("/age", "maximum")],
        ),
        (
            "length",
            json!({"path": "/tags", "max_length": 1}),
            &[("/tags", "max_length")],
        ),
        (
            "length of each",
            json!({"path": "/tags/*", "min_length": 2}),
            &[("/tags/0", "min_length")],
        ),
        (
            "enum",
            json!({"path": "/name", "enum": ["Bob", 1]}),
            &[("/name", "enum")],
        ),
        (
            "each",
            json!({"path": "/items/*/price", "required": true, "minimum": 0}),
            &[("/items/1/price", "minimum"), ("/items/2/price", "required")],
        ),
    ];
    for (name, rule, expected) in rows {
        let answer = json_of(&post("/validate", &json!({"value": value, "rules": [rule]})));
        let text = |violation: &Value, member: &str| violation[member].as_str().unwrap().to_owned();
        let found: Vec<_> = answer["violations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| (text(v, "pointer"), text(v, "rule")))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(p, r)| ((*p).to_owned(), (*r).to_owned()))
            .collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(answer["valid"], expected.is_empty(), "{name}");
    }

    let many = json!({"value": vec![1; 500], "rules": [{"path": "/*", "type": "string"}]});
    let answer = json_of(&post("/validate", &many));
    assert_eq!(
        (
            answer["violations"].as_array().unwrap().len(),
            &answer["truncated"]
        ),
        (100, &json!(true))
    );

    let refused: &[(&str, Value, &str)] = &[
        (
            "not a pointer",
            json!({"value": 1, "rules": [{"path": "name"}]}),
            "/rules/0",
        ),
        (
            "misspelt demand",
            json!({"value": 1, "rules": [{"path": "", "minimun": 1}]}),
            "/rules",
        ),
        ("no rules", json!({"value": 1}), "/rules"),
        ("no value", json!({"rules": []}), "/value"),
        (
            "too many rules",
            json!({"value": 1, "rules": vec![json!({"path": ""}); 65]}),
            "/rules",
        ),
        (
            "too much work",
            json!({"value": vec![1; 10_000], "rules": vec![json!({"path": "/*", "enum": vec![2; 100]}); 9]}),
            "/rules/7",
        ),
    ];
    for (name, body, pointer) in refused {
        let response = post("/validate", body);
        assert_eq!(response.status, 422, "{name}");
        assert_eq!(json_of(&response)["pointer"], *pointer, "{name}");
    }
}
