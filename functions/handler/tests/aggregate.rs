//! `POST /aggregate`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

mod common;

use common::{json_of, post};
use serde_json::{Value, json};

#[test]
fn aggregate() {
    let orders = json!([
        {"country": "DE", "price": 10}, {"country": "FR", "price": 2.5}, {"country": "DE", "price": 20},
    ]);
    let group = |count: u64, sum: f64, min: f64, max: f64, mean: f64| json!({"count": count, "sum": sum, "min": min, "max": max, "mean": mean});
    let mut grouped = group(3, 32.5, 2.5, 20.0, 32.5 / 3.0);
    grouped["groups"] = json!({"DE": group(2, 30.0, 10.0, 20.0, 15.0), "FR": group(1, 2.5, 2.5, 2.5, 2.5)});
    let rows: &[(&str, Value, Value)] = &[
        ("numbers", json!([3, 1, 2]), group(3, 6.0, 1.0, 3.0, 2.0)),
        (
            "none",
            json!([]),
            json!({"count": 0, "sum": 0.0, "min": null, "max": null, "mean": null}),
        ),
        ("rounding", json!(vec![0.1; 10]), group(10, 1.0, 0.1, 0.1, 0.1)),
        (
            "cancelling",
            json!([1e100, 1.0, -1e100]),
            group(3, 1.0, -1e100, 1e100, 1.0 / 3.0),
        ),
        (
            "a field",
            json!({"values": orders, "field": "/price"}),
            group(3, 32.5, 2.5, 20.0, 32.5 / 3.0),
        ),
        (
            "groups",
            json!({"values": orders, "field": "/price", "group_by": "/country"}),
            grouped,
        ),
    ];
    for (name, body, expected) in rows {
        assert_eq!(json_of(&post("/aggregate", body)), *expected, "{name}");
    }

    let refused: &[(&str, Value, &str)] = &[
        ("a word among numbers", json!([1, "two"]), "/1"),
        (
            "no such field",
            json!({"values": [{"a": 1}], "field": "/b"}),
            "/values/0/b",
        ),
        ("not a list", json!({"values": 1}), "/values"),
        ("missing", json!({}), "/values"),
        ("misspelt", json!({"values": [], "group": "/x"}), "/group"),
        (
            "grouped by an object",
            json!({"values": [{"a": 1, "b": {}}], "field": "/a", "group_by": "/b"}),
            "/values/0/b",
        ),
        ("too large a sum", json!([1e308, 1e308]), ""),
        (
            "too many groups",
            json!({"values": (0..2000).map(|i| json!({"v": 1, "g": i})).collect::<Vec<_>>(), "field": "/v", "group_by": "/g"}),
            "/group_by",
        ),
    ];
    for (name, body, pointer) in refused {
        let response = post("/aggregate", body);
        assert_eq!(response.status, 422, "{name}");
        assert_eq!(json_of(&response)["pointer"], *pointer, "{name}");
    }
}
