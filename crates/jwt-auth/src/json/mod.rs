//! JSON without ambiguity: an object that names a member twice is refused (RFC 8725bis §3.12; RFC 7519 §4).

pub(crate) mod scan;

use serde::{
    de,
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use std::fmt;

/// Parses a JSON object of which no object, at any depth, names a member twice.
pub(crate) fn parse_object(text: &[u8]) -> Option<Map<String, Value>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// Parses a JSON object of which only the members `wanted` are of interest; no other is built. It may have 32 members at most,
/// and names none twice; nor does a wanted one, at any depth.
pub(crate) fn parse_members(text: &[u8], wanted: &[&str]) -> Option<Map<String, Value>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let members = deserializer.deserialize_map(Wanted(wanted)).ok()?;
    deserializer.end().ok()?;
    Some(members)
}

struct Wanted<'a>(&'a [&'a str]);

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut kept, mut names) = (Map::new(), Vec::new());
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) || names.len() >= MAX_MEMBERS {
                return Err(de::Error::custom("a member occurs twice, or there are too many"));
            }
            if self.0.contains(&name.as_str()) {
                kept.insert(name.clone(), members.next_value_seed(Strict)?);
            } else {
                members.next_value::<de::IgnoredAny>()?;
            }
            names.push(name);
        }
        Ok(kept)
    }
}

const MAX_MEMBERS: usize = 32;

/// An object of strings in the order of its members' names, without white space (RFC 7638 §3.3).
pub(crate) fn canonical(members: &Map<String, Value>) -> String {
    serde_json::to_string(members).unwrap_or_default()
}

/// Whether every number in a value is the one that was written: beyond 64 bits, and beyond 53 with a fraction or an
/// exponent, only its nearest double is known.
pub(crate) fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) if number.is_f64() => {
            number.as_f64().is_some_and(|number| number.abs() < LEAST_INEXACT)
        }
        Value::Array(members) => members.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

/// 2^53: up to it doubles hold every integer.
const LEAST_INEXACT: f64 = 9_007_199_254_740_992.0;

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Strict)?;
            if all.insert(name, value).is_some() {
                return Err(de::Error::custom("a member occurs twice"));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambiguous_objects_are_refused() {
        for (name, text, accepted) in [
            ("object", r#"{"a":1,"b":[{"c":null}]}"#, true),
            ("twice", r#"{"a":1,"a":1}"#, false),
            ("twice, escaped", r#"{"a":1,"\u0061":1}"#, false),
            ("twice, deep", r#"{"a":[{"b":1,"b":2}]}"#, false),
            ("a list", "[]", false),
            ("more behind", "{} {}", false),
            ("space around", " {} ", true),
            ("not UTF-8", "\u{0}", false),
            ("not a number", r#"{"a":NaN}"#, false),
        ] {
            assert_eq!(parse_object(text.as_bytes()).is_some(), accepted, "{name}");
        }
        let deep = ["{\"a\":".repeat(200), "1".into(), "}".repeat(200)].concat();
        assert_eq!(parse_object(deep.as_bytes()), None, "depth is bounded");
    }

    #[test]
    fn unwanted_members_are_skipped() {
        let many = |number: usize| {
            let members: Vec<_> = (0..number).map(|name| format!("\"{name}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        for (name, text, expected) in [
            (
                "some",
                r#"{"a":1,"x":[{"y":1,"y":1}],"b":2}"#.to_owned(),
                Some(r#"{"a":1,"b":2}"#),
            ),
            ("none", "{}".to_owned(), Some("{}")),
            (
                "a number beyond all doubles",
                r#"{"x":1e999,"a":1}"#.to_owned(),
                Some(r#"{"a":1}"#),
            ),
            ("a wanted one twice", r#"{"a":1,"a":1}"#.to_owned(), None),
            ("an unwanted one twice", r#"{"x":1,"x":1}"#.to_owned(), None),
            ("twice in a wanted one", r#"{"a":{"y":1,"y":1}}"#.to_owned(), None),
            ("no JSON", r#"{"x":@}"#.to_owned(), None),
            ("more behind", "{}{}".to_owned(), None),
            ("a list", "[]".to_owned(), None),
            ("32", many(32), Some("{}")),
            ("33", many(33), None),
        ] {
            let parsed = parse_members(text.as_bytes(), &["a", "b"]);
            let parsed = parsed.map(|members| Value::Object(members).to_string());
            assert_eq!(parsed.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn integers_are_exact() {
        let object = parse_object(br#"{"a":18446744073709551615,"b":-9223372036854775808}"#).unwrap();
        assert_eq!(object["a"].to_string(), "18446744073709551615");
        assert_eq!(object["b"].to_string(), "-9223372036854775808");
        for (text, exact) in [
            ("18446744073709551615", true),
            ("18446744073709551616", false),
            ("-9223372036854775809", false),
            ("1e300", false),
            ("1.5", true),
            ("[1,{\"a\":[184467440737095516150]}]", false),
            ("[1,{\"a\":[\"184467440737095516150\",null]}]", true),
        ] {
            assert_eq!(is_exact(&serde_json::from_str(text).unwrap()), exact, "{text}");
        }
    }
}
