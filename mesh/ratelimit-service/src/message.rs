//! The messages of `envoy.service.ratelimit.v3`, as far as limitador uses them.

#![allow(
    clippy::disallowed_types,
    reason = "limitador takes its values in a HashMap; no module is built from this"
)]

use prost::{DecodeError, Message};
use std::collections::HashMap;

/// What a `RateLimitRequest` asks.
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
    pub(crate) fn parse(message: &[u8]) -> Result<Self, DecodeError> {
        let request = RateLimitRequest::decode(message)?;
        let entries = |descriptor: RateLimitDescriptor| {
            let entries = descriptor.entries.into_iter();
            entries.map(|entry| (entry.key, entry.value)).collect()
        };
        Ok(Self {
            domain: request.domain,
            descriptors: request.descriptors.into_iter().map(entries).collect(),
            // Zero is what an absent field says, and means one.
            hits: u64::from(request.hits_addend.max(1)),
        })
    }
}

/// A verdict on all descriptors, and fields for the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: Code,
    pub(crate) fields: Vec<(String, String)>,
}

impl Answer {
    /// The `RateLimitResponse`.
    pub(crate) fn encode(self) -> Vec<u8> {
        let pair = |(key, value)| Pair { key, value };
        let response = RateLimitResponse {
            overall_code: self.code.into(),
            response_headers_to_add: self.fields.into_iter().map(pair).collect(),
        };
        response.encode_to_vec()
    }
}

#[derive(Clone, PartialEq, Message)]
struct RateLimitRequest {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(message, repeated, tag = "2")]
    descriptors: Vec<RateLimitDescriptor>,
    #[prost(uint32, tag = "3")]
    hits_addend: u32,
}

#[derive(Clone, PartialEq, Message)]
struct RateLimitDescriptor {
    #[prost(message, repeated, tag = "1")]
    entries: Vec<Pair>,
}

#[derive(Clone, PartialEq, Message)]
struct RateLimitResponse {
    #[prost(enumeration = "Code", tag = "1")]
    overall_code: i32,
    #[prost(message, repeated, tag = "3")]
    response_headers_to_add: Vec<Pair>,
}

/// A `RateLimitDescriptor.Entry`, or a `HeaderValue`.
#[derive(Clone, PartialEq, Message)]
struct Pair {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

/// `RateLimitResponse.Code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
pub(crate) enum Code {
    /// The question has no domain.
    Unknown = 0,
    Ok = 1,
    OverLimit = 2,
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
            assert!(Question::parse(message).is_err(), "{name}");
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
