use crate::{config::mistake::mistake, document::ClaimCondition, json::is_exact};
use http_fields::ClaimPath;
use http_filter::{ConfigError, document::Pairs, error_path::quoted};
use serde_json::{Map, Value};

/// What a claim must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClaimRule {
    path: ClaimPath,
    condition: Condition,
    /// Whether a text of the claim is a list of words.
    of_words: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// It's there, or it isn't.
    Present(bool),
    /// It's this value.
    Equals(Value),
    /// It's a list, or a text of words, with all of these.
    Contains(Vec<Value>),
    /// It's one of these, or a list with one of these.
    OneOf(Vec<Value>),
}

impl ClaimRule {
    /// Compiles the `claims` of a provider or of a rule.
    ///
    /// # Errors
    /// [`ConfigError`], its path relative to `claims`.
    pub(crate) fn compile(claims: Pairs<String, ClaimCondition>) -> Result<Vec<Self>, ConfigError> {
        claims
            .into_iter()
            .map(|(path, ClaimCondition(condition))| {
                let condition = Condition::compile(condition).map_err(|error| error.within(&path))?;
                Ok(Self {
                    of_words: matches!(path.as_str(), "scope" | "scp"),
                    path: ClaimPath::new(vec![path]),
                    condition,
                })
            })
            .collect()
    }

    /// Whether the claims are as this rule wants. A number that isn't known exactly is like no other.
    pub(crate) fn holds(&self, claims: &Map<String, Value>) -> bool {
        self.condition.holds(self.path.find(claims), self.of_words)
    }

    /// What is wanted and what was found, for a person who asks, where the claims aren't as this rule wants.
    pub(crate) fn unmet(&self, claims: &Map<String, Value>) -> Option<String> {
        if self.holds(claims) {
            return None;
        }
        let found = self.path.find(claims).map_or_else(|| "missing".to_owned(), shown);
        Some(format!(
            "{} is {found}, wanted {}",
            self.path.dotted(),
            self.condition.wanted()
        ))
    }
}

impl Condition {
    fn compile(condition: Value) -> Result<Self, ConfigError> {
        if !is_exact(&condition) {
            // A protobuf Struct, which Envoy's configuration is, holds all numbers as doubles.
            return Err(mistake(
                "",
                "a number that is not held exactly",
                "{integer: \"…\"} for integers of 54 bits or more",
            ));
        }
        match condition {
            Value::Array(values) => Self::one_of(values, ""),
            Value::Object(members) => {
                let mut members = members.into_iter();
                match (members.next(), members.next()) {
                    (Some((name, value)), None) => Self::named(&name, value),
                    _ => Err(mistake("", "an object", EXPECTED)),
                }
            }
            Value::Null => Err(mistake("", "null", EXPECTED)),
            scalar => Ok(Self::OneOf(vec![scalar])),
        }
    }

    fn named(name: &str, value: Value) -> Result<Self, ConfigError> {
        match (name, value) {
            ("present", Value::Bool(present)) => Ok(Self::Present(present)),
            ("equals", value) => Ok(Self::Equals(value)),
            ("contains", Value::Array(values)) if !values.is_empty() => Ok(Self::Contains(values)),
            ("contains", value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
                Ok(Self::Contains(vec![value]))
            }
            ("one_of", Value::Array(values)) => Self::one_of(values, "one_of"),
            ("integer", Value::String(text)) => match integer(&text) {
                Some(integer) => Ok(Self::OneOf(vec![integer])),
                None => Err(mistake(
                    "integer",
                    &quoted(&text),
                    "an integer of at most 64 bits",
                )),
            },
            ("present" | "contains" | "one_of" | "integer", _) => {
                Err(mistake(name, "another type", EXPECTED))
            }
            _ => Err(mistake("", &["`", name, "`"].concat(), EXPECTED)),
        }
    }

    fn one_of(values: Vec<Value>, path: &str) -> Result<Self, ConfigError> {
        if values.is_empty() {
            return Err(mistake(path, "an empty list", "at least one value"));
        }
        Ok(Self::OneOf(values))
    }

    fn wanted(&self) -> String {
        let list = |values: &[Value], between: &str| {
            let texts: Vec<_> = values.iter().map(shown).collect();
            texts.join(between)
        };
        match self {
            Self::Present(true) => "any value".to_owned(),
            Self::Present(false) => "none".to_owned(),
            Self::Equals(value) => shown(value),
            Self::Contains(values) => format!("one that contains {}", list(values, " and ")),
            Self::OneOf(values) => list(values, " or "),
        }
    }

    fn holds(&self, claim: Option<&Value>, of_words: bool) -> bool {
        match self {
            Self::Present(present) => claim.is_some_and(|claim| !claim.is_null()) == *present,
            Self::Equals(value) => claim == Some(value),
            Self::Contains(values) => {
                claim.is_some_and(|claim| values.iter().all(|value| contains(claim, value)))
            }
            Self::OneOf(values) => claim.is_some_and(|claim| {
                // "not admin" isn't admin: only scopes are words of themselves.
                let is_list = of_words || claim.is_array();
                values
                    .iter()
                    .any(|value| claim == value || is_list && contains(claim, value))
            }),
        }
    }
}

/// A value as JSON, of a length that a line can hold.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// In characters.
const LONGEST_SHOWN: usize = 120;

/// Whether a list has this member, or a text this word (RFC 8693 §4.2 writes `scope` so).
fn contains(claim: &Value, value: &Value) -> bool {
    match (claim, value) {
        (Value::Array(members), value) => members.contains(value),
        (Value::String(text), Value::String(word)) => text.split(' ').any(|part| part == word),
        _ => false,
    }
}

fn integer(text: &str) -> Option<Value> {
    let signed = text.parse::<i64>().map(Value::from);
    signed.or_else(|_| text.parse::<u64>().map(Value::from)).ok()
}

const EXPECTED: &str = "a value, a list of values, or one of {equals}, {contains}, {one_of: […]}, {integer: \"…\"}, {present: true|false}";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions() {
        let claims = json!({
            "azp": "web", "n": 9_007_199_254_740_993_u64, "roles": ["admin", "dev"], "scope": "a b", "null": null,
            "verified": true, "huge": 1e20, "department": "not admin",
        });
        let claims = claims.as_object().unwrap();
        for (name, condition, expected) in [
            ("azp", json!("web"), true),
            ("azp", json!("mobile"), false),
            ("n", json!({"integer": "9007199254740993"}), true),
            ("n", json!({"integer": "9007199254740992"}), false),
            ("azp", json!(["mobile", "web"]), true),
            ("department", json!("admin"), false),
            ("department", json!(["admin", "ops"]), false),
            ("department", json!({"one_of": ["admin"]}), false),
            ("department", json!("not admin"), true),
            ("department", json!({"contains": "admin"}), true),
            ("scope", json!("b"), true),
            ("scope", json!(["x", "a"]), true),
            ("azp", json!({"equals": "web"}), true),
            ("n", json!(9_007_199_254_740_993_u64), true),
            ("n", json!(9_007_199_254_740_992_u64), false),
            ("roles", json!("admin"), true),
            ("roles", json!({"contains": ["admin", "dev"]}), true),
            ("roles", json!({"contains": ["admin", "ops"]}), false),
            ("roles", json!({"one_of": ["ops", "dev"]}), true),
            ("roles", json!({"equals": "admin"}), false),
            ("roles", json!({"equals": ["admin", "dev"]}), true),
            ("scope", json!({"contains": "b"}), true),
            ("scope", json!({"contains": ""}), false),
            ("verified", json!(true), true),
            ("verified", json!("true"), false),
            ("huge", json!({"present": true}), true),
            ("huge", json!(1_u64), false),
            ("none", json!({"present": false}), true),
            ("null", json!({"present": true}), false),
            ("none", json!("x"), false),
        ] {
            let rules = ClaimRule::compile(Pairs(vec![(name.to_owned(), ClaimCondition(condition.clone()))]))
                .unwrap();
            assert_eq!(rules[0].holds(claims), expected, "{name}: {condition}");
        }
    }

    #[test]
    fn mistakes_are_refused() {
        for (condition, expected) in [
            (json!({"contain": "x"}), "a: found `contain`"),
            (json!({}), "a: found an object"),
            (json!([]), "a: found an empty list"),
            (json!({"one_of": []}), "a.one_of: found an empty list"),
            (json!({"present": "yes"}), "a.present: found another type"),
            (json!(null), "a: found null"),
            (json!([1, 1e20]), "a: found a number that is not held exactly"),
            (json!({"integer": "1.5"}), "a.integer: found \"1.5\""),
            (json!({"integer": 1}), "a.integer: found another type"),
        ] {
            let error =
                ClaimRule::compile(Pairs(vec![("a".to_owned(), ClaimCondition(condition))])).unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
