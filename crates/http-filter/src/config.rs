use crate::{deserializer::Node, protobuf_struct};
use serde::de::DeserializeOwned;
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

    /// What serde says; the path is added on the way out.
    pub(crate) fn of(problem: String) -> Self {
        Self {
            path: String::new(),
            problem,
        }
    }

    /// The same error, found in an item of a list; one that stands alone has no index.
    pub(crate) fn within_item(self, index: Option<usize>) -> Self {
        match index {
            Some(index) => self.within(&["[", &index.to_string(), "]"].concat()),
            None => self,
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

/// Deserialises a parsed document, or a part of one.
///
/// # Errors
/// [`ConfigError`] with the path of the field that serde refused.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ConfigError> {
    T::deserialize(Node(&value))
}

/// Parses a whole configuration: [`parse_value`] and [`from_value`].
///
/// # Errors
/// [`ConfigError`] of either.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, ConfigError> {
    from_value(parse_value(text)?)
}

/// Merges `patch` into `target` as RFC 7396 says: objects member by member, `null` removes, all else replaces.
pub(crate) fn merge(target: &mut Value, patch: Value) {
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
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Document {
        rules: Vec<Rule>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Rule {
        limit: u32,
    }

    #[test]
    fn errors_name_the_field() {
        for (name, text, expected) in [
            (
                "no JSON",
                "{",
                "configuration: neither JSON nor a Struct: EOF while parsing an object at line 1 column 1",
            ),
            (
                "no object",
                "[1]",
                "configuration: found a list, expected an object",
            ),
            ("nothing", " ", "configuration: missing field `rules`"),
            (
                "wrong type",
                r#"{"rules":[{"limit":"x"}]}"#,
                "rules[0].limit: invalid type: string \"x\", expected u32",
            ),
            (
                "fraction",
                r#"{"rules":[{"limit":1.5}]}"#,
                "rules[0].limit: invalid type: floating point `1.5`, expected u32",
            ),
            (
                "unknown",
                r#"{"rules":[{"limits":1}]}"#,
                "rules[0].limits: unknown field `limits`, expected `limit`",
            ),
        ] {
            assert_eq!(
                parse::<Document>(text.as_bytes()).unwrap_err().to_string(),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn integral_doubles_are_integers() {
        let parsed: Document = parse(br#"{"rules":[{"limit":3.0},{"limit":1e3}]}"#).unwrap();
        assert_eq!(parsed.rules, [Rule { limit: 3 }, Rule { limit: 1000 }]);
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
