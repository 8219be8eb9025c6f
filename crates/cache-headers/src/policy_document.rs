//! What a rule says to one kind of cache, as it's written.

use crate::{
    reader::{self, Object, field_name},
    status::{self, StatusPattern},
};
use http_filter::{FieldName, Span, is_token};
use serde_json::Value;

/// What a rule says to one kind of cache: the directives of RFC 9111, 5861 and 8246.
#[derive(Clone, Debug, Default)]
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
    pub extensions: Vec<Extension>,
    /// `max-age` by status, in place of the other: `{200: 1h, 404: 1m, 5xx: no_store}`. The narrowest pattern counts.
    pub ttl: Vec<(StatusPattern, Ttl)>,
    /// In mode `cap`: the shortest lifetime.
    pub min_ttl: Option<Span>,
    /// In mode `cap`: the longest lifetime.
    pub max_ttl: Option<Span>,
}

impl PolicyDocument {
    pub(crate) fn read(mut object: Object<'_>) -> Self {
        let document = Self {
            mode: object.choice("mode", &PolicyMode::ALL),
            max_age: object.span("max_age"),
            s_maxage: object.span("s_maxage"),
            stale_while_revalidate: object.span("stale_while_revalidate"),
            stale_if_error: object.span("stale_if_error"),
            no_store: object.is_set("no_store"),
            no_cache: object
                .parsed("no_cache", SCOPE, ScopeDocument::read)
                .unwrap_or_default(),
            private: object
                .parsed("private", SCOPE, ScopeDocument::read)
                .unwrap_or_default(),
            public: object.is_set("public"),
            must_revalidate: object.is_set("must_revalidate"),
            proxy_revalidate: object.is_set("proxy_revalidate"),
            must_understand: object.is_set("must_understand"),
            no_transform: object.is_set("no_transform"),
            immutable: object.is_set("immutable"),
            extensions: object.list("extensions", EXTENSION, |value| Extension::parse(value.as_str()?)),
            ttl: ttls(&mut object),
            min_ttl: object.span("min_ttl"),
            max_ttl: object.span("max_ttl"),
        };
        object.end();
        document
    }
}

fn ttls(object: &mut Object<'_>) -> Vec<(StatusPattern, Ttl)> {
    let mut ttls = Vec::new();
    for (status, _, value) in object.entries("ttl") {
        let ttl = match value.as_str() {
            Some("no_store") => Some(Ttl::NoStore),
            _ => reader::span(value).map(Ttl::MaxAge),
        };
        let name = ["ttl.", status].concat();
        match (StatusPattern::parse(status), ttl) {
            (Some(pattern), Some(ttl)) => ttls.push((pattern, ttl)),
            (None, _) => object.report(&name, "this name", status::EXPECTED),
            (_, None) => object.report(&name, &value.to_string(), TTL),
        }
    }
    ttls
}

const SCOPE: &str = "true, false, or a list of header fields";
const EXTENSION: &str = "a directive such as name, name=token or name=\"text\"";
const TTL: &str = "a duration such as \"10m\", or \"no_store\"";

/// How a policy meets what the origin says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl PolicyMode {
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("default", Self::Default),
        ("override", Self::Override),
        ("append", Self::Append),
        ("cap", Self::Cap),
        ("remove", Self::Remove),
    ];
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

impl ScopeDocument {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(true) => Some(Self::Response),
            Value::Bool(false) => Some(Self::Nothing),
            Value::Array(names) if !names.is_empty() => {
                let names = names.iter().map(|name| name.as_str().and_then(field_name));
                let names: Option<Vec<FieldName>> = names.collect();
                Some(Self::Fields(names?.into_iter().map(|name| name.0).collect()))
            }
            _ => None,
        }
    }
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
