//! What must come back.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// What must come back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case; `null` where there must be none.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// What JSON Pointers (RFC 6901) find in the content; numbers are equal when their values are.
    #[serde(default)]
    pub json: BTreeMap<String, Value>,
    /// The whole content as text.
    pub body: Option<String>,
    /// How long the content is, in bytes.
    pub length: Option<usize>,
    /// The first bytes of the content.
    pub begins: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Expected {
    /// What is wrong with an answer, in words; nothing when it is as it must be.
    #[must_use]
    pub fn mistakes(&self, answer: &Answer) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut expect =
            |what: &str, found: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug, same: bool| {
                if !same {
                    mistakes.push(format!("{what}: found {found:?}, expected {expected:?}"));
                }
            };
        expect(
            "status",
            &answer.status,
            &self.status,
            answer.status == self.status,
        );
        for (name, expected) in &self.headers {
            let found = answer.header(name);
            expect(name, &found, expected, found == expected.as_deref());
        }
        let text = String::from_utf8_lossy(&answer.body);
        if let Some(body) = &self.body {
            expect("body", &text, body, text == *body);
        }
        if let Some(length) = self.length {
            expect("length", &answer.body.len(), &length, answer.body.len() == length);
        }
        if let Some(begins) = &self.begins {
            expect(
                "first bytes",
                &text.get(..8),
                begins,
                answer.body.starts_with(begins),
            );
        }
        let content: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        for (pointer, expected) in &self.json {
            let found = content.pointer(pointer).unwrap_or(&Value::Null);
            expect(pointer, found, expected, same(found, expected));
        }
        mistakes
    }
}

impl Answer {
    /// The first line with this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(other, _)| other == name)?;
        Some(value)
    }
}

/// 9 and 9.0 are one number; languages write either.
fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(found), Value::Number(expected)) => found.as_f64() == expected.as_f64(),
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found
                    .iter()
                    .zip(expected)
                    .all(|(found, expected)| same(found, expected))
        }
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(name, expected)| found.get(name).is_some_and(|found| same(found, expected)))
        }
        _ => found == expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test")]
    fn mistakes_are_told() {
        let answer = Answer {
            status: 200,
            headers: vec![("allow".to_owned(), "GET".to_owned())],
            body: br#"{"sum": 9, "of": [1, {"a": 2}]}"#.to_vec(),
        };
        let rows = [
            ("as it must be", json!({"status": 200}), 0),
            ("another status", json!({"status": 404}), 1),
            ("a field", json!({"status": 200, "headers": {"allow": "GET"}}), 0),
            (
                "a field that must not be",
                json!({"status": 200, "headers": {"allow": null}}),
                1,
            ),
            (
                "a field that is missing",
                json!({"status": 200, "headers": {"etag": "x"}}),
                1,
            ),
            ("a number", json!({"status": 200, "json": {"/sum": 9.0}}), 0),
            (
                "numbers within",
                json!({"status": 200, "json": {"/of": [1.0, {"a": 2}]}}),
                0,
            ),
            ("more members", json!({"status": 200, "json": {"/of/1": {}}}), 1),
            (
                "what isn't there",
                json!({"status": 200, "json": {"/mean": 3}}),
                1,
            ),
            (
                "content",
                json!({"status": 200, "body": "{}", "length": 31, "begins": [123]}),
                1,
            ),
        ];
        for (name, expected, mistakes) in rows {
            let expected: Expected = serde_json::from_value(expected).unwrap();
            let found = expected.mistakes(&answer);
            assert_eq!(found.len(), mistakes, "{name}: {found:?}");
        }
    }
}
