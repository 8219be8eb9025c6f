//! Parsing, with the path of the offending field in every error.

use crate::protobuf_struct;
use serde_json::Value;
use std::fmt;

/// Why a configuration is refused: the path of the field, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    path: String,
    problem: String,
}

impl ConfigError {
    /// The field at `path` (`rules[0].limit`) holds `found`, where `expected` belongs.
    pub fn new(path: impl Into<String>, found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Self {
            path: path.into(),
            problem: format!("found {found}, expected {expected}"),
        }
    }

    /// The `field` (perhaps none) of what stands at `path` (perhaps nowhere) holds `found`, where `expected` belongs. Not
    /// generic, since a module pays for every instance.
    #[cold]
    #[inline(never)]
    pub fn at(path: &str, field: &str, found: &str, expected: &str) -> Self {
        let separator = if path.is_empty() || field.is_empty() || field.starts_with('[') {
            ""
        } else {
            "."
        };
        Self {
            path: [path, separator, field].concat(),
            problem: ["found ", found, ", expected ", expected].concat(),
        }
    }

    /// The path of the offending field; empty for the document as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, without the path.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The same error, found in a part of a document that stands at `parent`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') || parent.is_empty() {
            ""
        } else {
            "."
        };
        self.path = [parent, separator, &self.path].concat();
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "configuration"
        } else {
            &self.path
        };
        write!(f, "{path}: {}", self.problem)
    }
}

/// Parses a configuration as Envoy hands it over: JSON text (from a `StringValue`, from Istio), a serialised
/// `google.protobuf.Struct`, or nothing, which is `{}`.
///
/// Integral doubles become integers, since Istio and `Struct` know no other numbers.
///
/// # Errors
/// [`ConfigError`] where it is neither, or no object.
pub fn parse_value(text: &[u8]) -> Result<Value, ConfigError> {
    if text.trim_ascii().is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let mut value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        // A Struct begins with the tag of its only field, which JSON takes for a line's end.
        Err(error) => protobuf_struct::decode(text).ok_or_else(|| ConfigError {
            path: String::new(),
            problem: format!("neither JSON nor a Struct: {error}"),
        })?,
    };
    if !value.is_object() {
        return Err(ConfigError::new("", kind(&value), "an object"));
    }
    restore_integers(&mut value);
    Ok(value)
}

/// Merges `patch` into `target` as RFC 7396 says: objects member by member, `null` removes, all else replaces.
pub fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (name, value) in patch {
                if value.is_null() {
                    target.remove(&name);
                } else {
                    merge(target.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (target, Value::Object(patch)) => {
            *target = Value::Object(serde_json::Map::new());
            merge(target, Value::Object(patch));
        }
        (target, patch) => *target = patch,
    }
}

fn restore_integers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(double) = number.as_f64().filter(|_| number.is_f64())
                && double.fract() == 0.0
                && double.abs() <= MAX_SAFE_INTEGER
            {
                *value = Value::from(double as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(restore_integers),
        Value::Object(members) => members.values_mut().for_each(restore_integers),
        _ => {}
    }
}

/// The largest integer below which every integer is a double of its own.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_are_objects() {
        for (name, text, expected) in [
            (
                "no JSON",
                "{",
                Err(
                    "configuration: neither JSON nor a Struct: EOF while parsing an object at line 1 column 1",
                ),
            ),
            (
                "no object",
                "[1]",
                Err("configuration: found a list, expected an object"),
            ),
            ("nothing", " ", Ok(json!({}))),
            (
                "integral doubles",
                r#"{"rules":[{"limit":3.0},{"limit":1e3},{"limit":1.5}]}"#,
                Ok(json!({"rules": [{"limit": 3}, {"limit": 1000}, {"limit": 1.5}]})),
            ),
        ] {
            let parsed = parse_value(text.as_bytes()).map_err(|error| error.to_string());
            assert_eq!(parsed, expected.map_err(str::to_owned), "{name}");
        }
    }

    #[test]
    fn merges_as_rfc_7396_appendix_a() {
        for (target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            let mut merged = target.clone();
            merge(&mut merged, patch.clone());
            assert_eq!(merged, expected, "{target} + {patch}");
        }
    }
}
