use base64::{Engine, prelude::BASE64_STANDARD};
use http_filter::{
    OneOrMany, describe, document,
    document::{Node, Read, Refused},
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// A text of bytes: a string, a number, a boolean, or `{base64: …}` for bytes that are no text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<u8>);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

impl Read for Text {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        match node.value() {
            Value::String(text) => Ok(Self(text.as_bytes().to_vec())),
            Value::Number(_) | Value::Bool(_) => Ok(Self(node.value().to_string().into_bytes())),
            Value::Object(_) => document::Read::read(node).map(|Encoded { base64 }| Self(base64.0)),
            _ => Err(node.refuse("a text, or {base64: …}")),
        }
    }
}

describe! {
    impl document::Describe for Text {
        fn describe(schemas: &mut document::Schemas) -> Value {
            let plain = serde_json::json!({"type": ["string", "number", "boolean"]});
            serde_json::json!({"anyOf": [plain, Encoded::describe(schemas)]})
        }
    }
}

document! {
    /// Bytes that are no text.
    struct Encoded {
        /// The bytes in base64 (RFC 4648 §4).
        base64 ("base64", required "the bytes in base64"): Base64,
    }
}

#[derive(Debug, Default)]
struct Base64(Vec<u8>);

impl document::Text for Base64 {
    const EXPECTED: &'static str = "base64, with padding";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z0-9+/]*={0,2}$");

    fn parse(text: &str) -> Option<Self> {
        BASE64_STANDARD.decode(text).ok().map(Self)
    }
}

/// Header lines as a case writes them.
pub fn lines(headers: &BTreeMap<String, OneOrMany<Text>>) -> impl Iterator<Item = (String, Vec<u8>)> {
    headers.iter().flat_map(|(name, lines)| {
        lines
            .iter()
            .map(move |line| (name.to_ascii_lowercase(), line.0.clone()))
    })
}
