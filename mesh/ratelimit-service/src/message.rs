//! The messages of `envoy.service.ratelimit.v3`, as far as limitador uses them.

#![allow(
    clippy::disallowed_types,
    reason = "limitador takes its values in a HashMap; no module is built from this"
)]

use http_filter::protobuf::{Fields, Malformed, put_bytes, put_varint};
use std::collections::HashMap;

/// A `RateLimitRequest`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// limitador's namespace.
    pub(crate) domain: String,
    /// The entries of each descriptor.
    pub(crate) descriptors: Vec<HashMap<String, String>>,
    /// The units asked for.
    pub(crate) hits: u64,
}

impl Question {
    pub(crate) fn parse(message: &[u8]) -> Result<Self, Malformed> {
        let mut question = Self {
            hits: 1,
            ..Self::default()
        };
        for field in Fields(message) {
            match field? {
                (1, value) => question.domain = text(value.bytes()?)?,
                (2, value) => question.descriptors.push(descriptor(value.bytes()?)?),
                // Zero is what an absent field says, and means one.
                (3, value) => question.hits = u64::from(value.u32()?.max(1)),
                _ => {}
            }
        }
        Ok(question)
    }
}

fn descriptor(message: &[u8]) -> Result<HashMap<String, String>, Malformed> {
    let mut entries = HashMap::new();
    for field in Fields(message) {
        let (1, value) = field? else { continue };
        let (mut key, mut content) = (String::new(), String::new());
        for field in Fields(value.bytes()?) {
            match field? {
                (1, value) => key = text(value.bytes()?)?,
                (2, value) => content = text(value.bytes()?)?,
                _ => {}
            }
        }
        entries.insert(key, content);
    }
    Ok(entries)
}

fn text(bytes: &[u8]) -> Result<String, Malformed> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Malformed)
}

/// A `RateLimitResponse`: a verdict on all descriptors, and fields for the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: Code,
    pub(crate) fields: Vec<(String, String)>,
}

/// `RateLimitResponse.Code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The question has no domain.
    Unknown = 0,
    Ok = 1,
    OverLimit = 2,
}

impl Answer {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut message = Vec::new();
        put_varint(&mut message, 1, self.code as u64);
        for (name, value) in &self.fields {
            let mut field = Vec::new();
            put_bytes(&mut field, 1, name.as_bytes());
            put_bytes(&mut field, 2, value.as_bytes());
            put_bytes(&mut message, 3, &field);
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read() {
        let entries = b"\x0a\x14\x0a\x0bgeneric_key\x12\x05login\x0a\x08\x0a\x03sub\x12\x01a";
        let message = [b"\x0a\x04edge\x12\x20", &entries[..], b"\x18\x07"].concat();
        let question = Question::parse(&message).unwrap();
        assert_eq!((question.domain.as_str(), question.hits), ("edge", 7));
        assert_eq!(question.descriptors.len(), 1);
        assert_eq!(question.descriptors[0]["generic_key"], "login");
        assert_eq!(question.descriptors[0]["sub"], "a");
        assert_eq!(Question::parse(b"").unwrap().hits, 1, "none is said");
        for (name, message) in [("cut", &b"\x0a\x04ed"[..]), ("not UTF-8", b"\x0a\x01\xff")] {
            assert_eq!(Question::parse(message), Err(Malformed), "{name}");
        }
    }

    #[test]
    fn answers_are_written() {
        let answer = Answer {
            code: Code::OverLimit,
            fields: vec![("a".into(), "bc".into())],
        };
        assert_eq!(answer.encode(), b"\x08\x02\x1a\x07\x0a\x01a\x12\x02bc");
        let unknown = Answer {
            code: Code::Unknown,
            fields: Vec::new(),
        };
        assert!(unknown.encode().is_empty());
    }
}
