//! What a rule says to one kind of cache, as it's written.

use crate::status::StatusPattern;
use http_filter::{OneOrMany, Span, is_token};
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt};

/// What a rule says to one kind of cache: the directives of RFC 9111, 5861 and 8246.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyDocument {
    /// How this policy meets what the origin says. Default: the rule's.
    pub mode: Option<PolicyMode>,
    /// `max-age`, whole seconds.
    pub max_age: Option<Span>,
    /// `s-maxage`, whole seconds; Cache-Control only.
    pub s_maxage: Option<Span>,
    /// `stale-while-revalidate`, whole seconds.
    pub stale_while_revalidate: Option<Span>,
    /// `stale-if-error`, whole seconds.
    pub stale_if_error: Option<Span>,
    /// `no-store`.
    pub no_store: bool,
    /// `no-cache`: true, or the fields it's about.
    pub no_cache: ScopeDocument,
    /// `private`: true, or the fields it's about.
    pub private: ScopeDocument,
    /// `public`.
    pub public: bool,
    /// `must-revalidate`.
    pub must_revalidate: bool,
    /// `proxy-revalidate`.
    pub proxy_revalidate: bool,
    /// `must-understand`.
    pub must_understand: bool,
    /// `no-transform`.
    pub no_transform: bool,
    /// `immutable`.
    pub immutable: bool,
    /// Directives of other specifications, as they are to be written: `community="UCI"`.
    pub extensions: OneOrMany<Extension>,
    /// `max-age` by status, in place of the other: `{200: 1h, 404: 1m, 5xx: no_store}`. The narrowest pattern counts.
    pub ttl: BTreeMap<StatusPattern, Ttl>,
    /// In mode `cap`: the shortest lifetime.
    pub min_ttl: Option<Span>,
    /// In mode `cap`: the longest lifetime.
    pub max_ttl: Option<Span>,
}

/// How a policy meets what the origin says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyMode {
    /// Only where the origin says nothing.
    Default,
    /// In place of what the origin says; directives that nobody knows, and `no-transform`, stay.
    Override,
    /// Directives that the origin does not have are added.
    Append,
    /// The origin's lifetime is brought between `min_ttl` and `max_ttl`.
    Cap,
    /// The field is removed.
    Remove,
}

/// How much of a response `no_cache` or `private` is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ScopeDocument {
    /// Nothing.
    #[default]
    Nothing,
    /// All of it.
    Response,
    /// These fields.
    Fields(Vec<String>),
}

/// A lifetime, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// `max-age`.
    MaxAge(Span),
    /// `no-store`.
    NoStore,
}

/// A directive of another specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension(pub String);

impl Extension {
    fn parse(text: &str) -> Option<Self> {
        let (name, argument) = text.split_once('=').unwrap_or((text, "x"));
        let quoted = argument
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .is_some_and(|inner| !inner.contains(['"', '\\']) && !inner.contains(|c: char| c.is_control()));
        (is_token(name.as_bytes()) && (quoted || is_token(argument.as_bytes())))
            .then(|| Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Extension;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a directive such as name, name=token or name=\"text\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Extension, E> {
                Extension::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl<'de> Deserialize<'de> for Ttl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Ttl;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as \"10m\", or \"no_store\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Ttl, E> {
                if text == "no_store" {
                    return Ok(Ttl::NoStore);
                }
                text.parse()
                    .map(Ttl::MaxAge)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl<'de> Deserialize<'de> for ScopeDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = ScopeDocument;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, or a list of header fields")
            }
            fn visit_bool<E: de::Error>(self, whole: bool) -> Result<ScopeDocument, E> {
                Ok(if whole {
                    ScopeDocument::Response
                } else {
                    ScopeDocument::Nothing
                })
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<ScopeDocument, A::Error> {
                let mut fields = Vec::new();
                while let Some(http_filter::FieldName(name)) = items.next_element()? {
                    fields.push(name);
                }
                if fields.is_empty() {
                    return Err(de::Error::invalid_length(0, &"at least one header field"));
                }
                Ok(ScopeDocument::Fields(fields))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
