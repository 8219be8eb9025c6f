//! The configuration as it is written.

use crate::{Coding, ContentTypePattern, EtagPolicy, breach::BreachGuard, encode_config::EncodeDocument};
use http_filter::{ByteSize, FieldName, Match, Mode, OneOrMany, Span};
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// The filter's configuration document; the README is its reference.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// `enforce` (default) or `shadow`: decide and count, but leave requests and responses alone.
    pub mode: Mode,
    /// Whether route metadata may override this configuration; default `false`.
    pub per_route: bool,
    /// The codings on offer, in the server's order; default `[zstd, br, gzip]`.
    pub prefer: Option<OneOrMany<Coding>>,
    /// What a request without Accept-Encoding gets; default `identity`.
    pub default_coding: Option<Coding>,
    /// What becomes of a safe request that accepts nothing on offer; default `identity`.
    pub on_not_acceptable: Option<OnNotAcceptable>,
    /// Media types whose coding varies; default [`DEFAULT_CONTENT_TYPES`](crate::DEFAULT_CONTENT_TYPES).
    pub content_types: Option<OneOrMany<ContentTypePattern>>,
    /// Statuses whose bodies are encoded; default all that have one.
    pub statuses: Option<OneOrMany<StatusPattern>>,
    /// The smallest body worth encoding, in bytes; default 1 KiB.
    pub min_length: Option<ByteSize>,
    /// How ETags of encoded responses are told from plain ones; default `weaken`.
    pub etag: Option<EtagPolicy>,
    /// Which cross-site requests with credentials get plain responses; default `subresources`.
    pub breach_guard: Option<BreachGuard>,
    /// A response header that says what was decided; default none.
    pub debug_header: Option<FieldName>,
    /// Other settings for some requests; the first match decides.
    pub rules: Vec<RuleDocument>,
    /// Encode in this filter what comes back plain: `true`, or settings; default `false`.
    #[serde(deserialize_with = "false_true_or_settings")]
    pub encode: Option<EncodeDocument>,
    /// Responses that later ones are encoded with (RFC 9842); default none. Only in the build with all codings.
    #[cfg(feature = "all-codings")]
    pub dictionaries: Option<crate::dictionary::config::DictionariesDocument>,
}

http_filter::read_by_serde!(Document);

/// Settings for the requests that match; what isn't given is as outside.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleDocument {
    /// Which requests; default all.
    pub r#match: Match,
    /// See [`Document::prefer`].
    pub prefer: Option<OneOrMany<Coding>>,
    /// See [`Document::default_coding`].
    pub default_coding: Option<Coding>,
    /// See [`Document::on_not_acceptable`].
    pub on_not_acceptable: Option<OnNotAcceptable>,
    /// See [`Document::etag`].
    pub etag: Option<EtagPolicy>,
    /// See [`Document::breach_guard`].
    pub breach_guard: Option<BreachGuard>,
    /// Files that lie encoded beside the plain ones; default none.
    pub precompressed: Option<PrecompressedDocument>,
}

/// Where files lie encoded beside the plain ones: `/app.js.br` beside `/app.js`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecompressedDocument {
    /// The cluster that is asked whether a file is there: the one that the requests go to.
    pub cluster: String,
    /// The codings of the files; default all in `prefer`.
    #[serde(default)]
    pub codings: Option<OneOrMany<Coding>>,
    /// How long an answer is remembered; default 5 minutes.
    #[serde(default)]
    pub remember: Option<Span>,
    /// How long to wait for an answer; default 500 ms. Without one the request goes to the plain file.
    #[serde(default)]
    pub timeout: Option<Span>,
}

/// What becomes of a request that accepts nothing on offer (RFC 9110 §12.5.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnNotAcceptable {
    /// It gets a plain response all the same.
    #[default]
    Identity,
    /// Safe methods are answered with 406 before the upstream is called; others get a plain response, since a 406
    /// after the fact would hide what they did.
    Reject,
}

/// One status (`404`) or a class of them (`"4xx"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusPattern {
    /// This status.
    Code(u16),
    /// The statuses with this first digit.
    Class(u16),
}

impl StatusPattern {
    /// Whether `status` is meant.
    pub fn matches(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(digit) => digit == status / 100,
        }
    }
}

impl<'de> Deserialize<'de> for StatusPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = StatusPattern;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status such as 404, or a class such as \"4xx\", from 200 on")
            }
            fn visit_u64<E: de::Error>(self, code: u64) -> Result<StatusPattern, E> {
                match u16::try_from(code) {
                    Ok(code @ 200..=599) => Ok(StatusPattern::Code(code)),
                    _ => Err(E::invalid_value(de::Unexpected::Unsigned(code), &self)),
                }
            }
            fn visit_i64<E: de::Error>(self, code: i64) -> Result<StatusPattern, E> {
                match u64::try_from(code) {
                    Ok(code) => self.visit_u64(code),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Signed(code), &self)),
                }
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<StatusPattern, E> {
                match text.as_bytes() {
                    [digit @ b'2'..=b'5', b'x', b'x'] => Ok(StatusPattern::Class(u16::from(digit - b'0'))),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// `null` is refused: an `encode:` with nothing behind it looks like a switch, but would be none.
fn false_true_or_settings<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<EncodeDocument>, D::Error> {
    struct Visitor;
    impl<'de> de::Visitor<'de> for Visitor {
        type Value = Option<EncodeDocument>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true, false or the encoder's settings")
        }
        fn visit_bool<E: de::Error>(self, encode: bool) -> Result<Self::Value, E> {
            Ok(encode.then(EncodeDocument::default))
        }
        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            EncodeDocument::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
        }
    }
    deserializer.deserialize_any(Visitor)
}
