use crate::{OneOrMany, config::from_value};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pass,
    Block(u16),
    Redirect { to: String },
    At(f64, f64),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Document {
    actions: OneOrMany<Action>,
    #[serde(default)]
    limits: BTreeMap<String, Option<u8>>,
    #[serde(default)]
    at: Option<(f64, f64)>,
}

#[test]
fn documents_are_read() {
    let document = json!({
        "actions": ["pass", {"block": 451}, {"redirect": {"to": "/"}}, {"at": [1, 2.5]}],
        "limits": {"a": 1, "b": null},
        "at": [50.1, -8],
    });
    let expected = Document {
        actions: OneOrMany(vec![
            Action::Pass,
            Action::Block(451),
            Action::Redirect { to: "/".into() },
            Action::At(1.0, 2.5),
        ]),
        limits: [("a".to_owned(), Some(1)), ("b".to_owned(), None)].into(),
        at: Some((50.1, -8.0)),
    };
    assert_eq!(from_value::<Document>(document).unwrap(), expected);
    assert_eq!(
        from_value::<Document>(json!({"actions": "pass"}))
            .unwrap()
            .actions
            .0,
        [Action::Pass]
    );
    assert_eq!(from_value::<Vec<u8>>(json!(7)).unwrap(), [7]);
    assert_eq!(
        from_value::<Value>(json!({"a": [1, null]})).unwrap(),
        json!({"a": [1, null]})
    );
}

#[test]
fn mistakes_carry_their_path() {
    for (document, expected) in [
        (
            json!({"actions": []  , "x": 1}),
            "x: unknown field `x`, expected one of `actions`, `limits`, `at`",
        ),
        (json!({}), "configuration: missing field `actions`"),
        (
            json!({"actions": null}),
            "actions: invalid type: null, expected one value or a list",
        ),
        (
            json!({"actions": "go"}),
            "actions: unknown variant `go`, expected one of `pass`, `block`, `redirect`, `at`",
        ),
        (
            json!({"actions": [{"block": "x"}]}),
            "actions[0].block: invalid type: string \"x\", expected u16",
        ),
        (
            json!({"actions": [{"block": 70000}]}),
            "actions[0].block: invalid value: integer `70000`, expected u16",
        ),
        (
            json!({"actions": {"redirect": {}}}),
            "actions.redirect: missing field `to`",
        ),
        (
            json!({"actions": {"pass": 1}}),
            "actions.pass: invalid type: integer `1`, expected nothing beside the name",
        ),
        (
            json!({"actions": {"pass": 1, "block": 2}}),
            "actions: invalid value: map, expected one member, whose name says which",
        ),
        (
            json!({"actions": [7]}),
            "actions[0]: invalid type: integer `7`, expected enum Action",
        ),
        (
            json!({"actions": [], "limits": {"a.b": 256}}),
            "limits.a.b: invalid value: integer `256`, expected u8",
        ),
        (
            json!({"actions": [], "at": [1]}),
            "at: invalid length 1, expected a tuple of size 2",
        ),
        (
            json!({"actions": [], "at": [1, 2, 3]}),
            "at: invalid length 3, expected fewer elements",
        ),
    ] {
        assert_eq!(
            from_value::<Document>(document.clone()).unwrap_err().to_string(),
            expected,
            "{document}"
        );
    }
}
