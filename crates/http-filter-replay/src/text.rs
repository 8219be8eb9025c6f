use base64::{Engine, prelude::BASE64_STANDARD};
use http_filter::OneOrMany;
use serde::{Deserialize, Deserializer, de};
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

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.into_bytes())),
            Value::Object(members) => match members.get("base64").and_then(Value::as_str) {
                Some(text) => BASE64_STANDARD.decode(text).map(Self).map_err(de::Error::custom),
                None => Err(de::Error::custom("expected a text or {base64: …}")),
            },
            other => Ok(Self(other.to_string().into_bytes())),
        }
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
