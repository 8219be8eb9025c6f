use super::{Brief, Nested, Node, Pairs, Read, Refused, Shorthand, Text, Within, read};
use crate::{ByteSize, ConfigError, OneOrMany, Span, choice, document};
use serde_json::{Value, json};

/// A field's name, in lower case.
#[derive(Debug, PartialEq, Eq)]
struct Name(String);

impl Text for Name {
    const EXPECTED: &'static str = "a header field's name";
    const PATTERN: Option<&'static str> = Some("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$");

    fn parse(text: &str) -> Option<Self> {
        (!text.contains(' ')).then(|| Self(text.to_ascii_lowercase()))
    }
}

document! {
    /// A document.
    struct Document {
        /// Its rules, see [`Rule`](crate::Rule).
        rules ("rules", required "at least one rule"): OneOrMany<Rule>,
        /// How long.
        wait ("wait"): Span = Span::seconds(90),
        /// How much.
        size ("size"): ByteSize = ByteSize::new(64 << 10),
        /// By name.
        limits ("limits"): Pairs<Name, Within<1, 9>>,
        /// Where.
        at ("at"): OneOrMany<f64>,
        /// What to do.
        action ("action"): Action,
        /// In one form or the other.
        block ("block"): Brief<Block>,
        /// Perhaps, in so long a time.
        refresh ("refresh", default "10m", example "1h"): Option<Span>,
        /// Anything.
        any ("any"): Value,
    }
    embeds {
        /// For whom.
        whom: Whom
    }
}

document! {
    /// For whom it is.
    struct Whom {
        /// One of these.
        user ("user"): OneOrMany<String>,
        /// Not one of these.
        except ("except"): OneOrMany<String>,
    }
}

document! {
    /// A rule.
    #[null(absent)]
    #[derive(Clone, PartialEq)]
    struct Rule {
        /// How many.
        limit ("limit"): u8 = 7,
        /// What isn't in it.
        not ("not"): Option<Nested<Rule>>,
    }
}

document! {
    /// A refusal.
    struct Block {
        /// By which status.
        status ("status"): u16,
    }
    hidden { short: bool }
}

impl Shorthand for Block {
    const EXPECTED: &'static str = "a status, or an object";
    const SHORT_SCHEMA: &'static str = r#"{"type": "integer"}"#;

    fn from_number(number: u64) -> Option<Self> {
        let status = u16::try_from(number).ok()?;
        Some(Self { status, short: true })
    }
}

choice! {
    /// What to do.
    enum Action, default Pass {
        /// Let it go.
        Pass = "pass",
        /// Stop it.
        Block = "block",
    }
}

fn found(document: Value) -> Result<Document, ConfigError> {
    read(&document)
}

#[test]
fn documents_are_read() {
    let document = found(json!({
        "rules": [{"limit": 3}, {"limit": 3.0, "not": {}}],
        "wait": "1h30m", "size": 5, "limits": {"B": 2, "a": 1}, "at": [50, "8.7", 1e3],
        "action": "block", "block": 451, "refresh": null, "any": {"a": [1]}, "user": "a", "except": ["b", "c"],
    }))
    .unwrap();
    let inner = Rule { limit: 7, not: None };
    assert_eq!(
        document.rules.0,
        [
            Rule { limit: 3, not: None },
            Rule {
                limit: 3,
                not: Some(Nested(Box::new(inner)))
            }
        ]
    );
    assert_eq!(
        (document.wait, document.size),
        (Span::seconds(5400), ByteSize::new(5))
    );
    let limits = [("b", 2), ("a", 1)].map(|(name, limit)| (Name(name.to_owned()), Within(limit)));
    assert_eq!(document.limits.0, limits);
    assert_eq!(document.at.0, [50.0, 8.7, 1000.0]);
    assert_eq!((document.action, document.refresh), (Action::Block, None));
    assert_eq!((document.block.0.status, document.block.0.short), (451, true));
    assert_eq!(document.any, json!({"a": [1]}));
    assert_eq!(
        (document.whom.user.0, document.whom.except.len()),
        (vec!["a".to_owned()], 2)
    );
}

#[test]
fn what_is_not_given_is_the_default() {
    let document = found(json!({"rules": {"limit": null}, "block": {"status": 403}})).unwrap();
    assert_eq!(document.rules.0, [Rule { limit: 7, not: None }]);
    assert_eq!(
        (document.wait, document.size),
        (Span::seconds(90), ByteSize::new(65_536))
    );
    assert!(document.limits.is_empty() && document.at.is_empty());
    assert_eq!((document.action, document.any), (Action::Pass, Value::Null));
    assert_eq!((document.block.0.status, document.block.0.short), (403, false));
}

#[test]
fn mistakes_carry_their_path() {
    for (name, document, expected) in [
        (
            "no object",
            json!([]),
            "configuration: found a list, expected an object",
        ),
        (
            "missing",
            json!({}),
            "rules: found nothing, expected at least one rule",
        ),
        (
            "null",
            json!({"rules": null}),
            "rules: found null, expected one value or a list",
        ),
        (
            "null flag",
            json!({"rules": [], "wait": null}),
            "wait: found null, expected a duration",
        ),
        (
            "unknown",
            json!({"rules": [{"limits": 1}]}),
            "rules[0].limits: found an unknown field, expected one of limit, not (did you mean limit?)",
        ),
        (
            "unknown, like none",
            json!({"rules": {"x": 1}}),
            "rules.x: found an unknown field, expected one of limit, not",
        ),
        (
            "unknown, like an embedded one",
            json!({"users": "a"}),
            "users: found an unknown field, expected one of user, except, rules, wait, size, limits, at, action, block, refresh, any (did you mean user?)",
        ),
        (
            "embedded",
            json!({"rules": [], "except": 7}),
            "except: found 7, expected a text",
        ),
        (
            "too large",
            json!({"rules": {"limit": 256}}),
            "rules.limit: found 256, expected an integer from 0 to 255",
        ),
        (
            "fraction",
            json!({"rules": {"limit": 1.5}}),
            "rules.limit: found 1.5, expected an integer from 0",
        ),
        (
            "negative",
            json!({"rules": {"limit": -1}}),
            "rules.limit: found -1, expected an integer from 0",
        ),
        (
            "text",
            json!({"rules": {"limit": "3"}}),
            "rules.limit: found \"3\", expected an integer from 0",
        ),
        (
            "beyond",
            json!({"limits": {"a": 10}}),
            "limits.a: found 10, expected an integer from 1 to 9",
        ),
        (
            "name",
            json!({"limits": {"a b": 1}}),
            "limits.a b: found this name, expected a header field's name",
        ),
        (
            "span",
            json!({"wait": "soon"}),
            "wait: found \"soon\", expected a duration such as",
        ),
        (
            "number",
            json!({"at": ["x"]}),
            "at[0]: found \"x\", expected a number",
        ),
        (
            "word",
            json!({"action": "blok"}),
            "action: found \"blok\", expected one of pass, block (did you mean block?)",
        ),
        (
            "no word",
            json!({"action": 7}),
            "action: found 7, expected one of pass, block",
        ),
        (
            "neither form",
            json!({"block": []}),
            "block: found a list, expected a status, or an object",
        ),
        (
            "deep",
            json!({"rules": {"not": {"not": {"limit": []}}}}),
            "rules.not.not.limit: found a list",
        ),
    ] {
        let error = found(document).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{name}: {error}");
    }
}

/// Reads on after a mistake, as no document does.
struct Stubborn;

impl Read for Stubborn {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let Refused = node.refuse_as("this", "that");
        Err(node.refuse_as("another", "that"))
    }
}

#[test]
fn the_first_mistake_counts() {
    let error = read::<Stubborn>(&json!(1)).err().unwrap();
    assert_eq!(error.to_string(), "configuration: found this, expected that");
}

#[cfg(feature = "schema")]
#[test]
fn documents_are_described() {
    let schema = super::schema_of::<Document>("test");
    assert_eq!(schema["title"], "test");
    assert_eq!(schema["description"], "A document.");
    assert_eq!(schema["required"], json!(["rules"]));
    assert_eq!(schema["additionalProperties"], false);
    let properties = &schema["properties"];
    for (name, expected) in [
        (
            "rules",
            json!({
                "description": "Its rules, see `Rule`.",
                "anyOf": [{"$ref": "#/$defs/Rule"}, {"type": "array", "items": {"$ref": "#/$defs/Rule"}}],
            }),
        ),
        (
            "except",
            json!({
                "description": "Not one of these.", "default": [],
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            }),
        ),
        (
            "limits",
            json!({
                "description": "By name.", "type": "object", "default": {},
                "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 9},
                "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
            }),
        ),
        (
            "action",
            json!({
                "description": "What to do.", "type": "string", "default": "pass",
                "enum": ["pass", "block"], "enumDescriptions": ["Let it go.", "Stop it."],
            }),
        ),
    ] {
        assert_eq!(properties[name], expected, "{name}");
    }
    for (name, preset) in [("wait", "1m30s"), ("size", "64KiB"), ("refresh", "10m")] {
        assert_eq!(properties[name]["default"], preset, "{name}");
    }
    assert_eq!(properties["refresh"]["examples"], json!(["1h"]));
    let rule = &schema["$defs"]["Rule"]["properties"];
    assert_eq!(rule["limit"]["default"], 7);
    assert_eq!(rule["not"]["$ref"], "#/$defs/Rule");
}
