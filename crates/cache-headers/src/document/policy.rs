//! What a rule says to one kind of cache, as it's written.

use http_fields::{StatusPattern, is_token};
use http_filter::{
    FieldName, Span, choice, document,
    document::{Node, Pairs, Read, Refused, Text},
};
use serde_json::Value;

document! {
    /// What a rule says to one kind of cache: the directives of RFC 9111, 5861 and 8246.
    #[null(absent)]
    #[derive(Clone)]
    pub struct PolicyDocument {
        /// How this policy meets what the origin says. Default: the rule's.
        pub mode ("mode"): Option<PolicyMode>,
        /// `max-age`, whole seconds.
        pub max_age ("max_age"): Option<Span>,
        /// `s-maxage`, whole seconds; Cache-Control only.
        pub s_maxage ("s_maxage"): Option<Span>,
        /// `stale-while-revalidate`, whole seconds.
        pub stale_while_revalidate ("stale_while_revalidate"): Option<Span>,
        /// `stale-if-error`, whole seconds.
        pub stale_if_error ("stale_if_error"): Option<Span>,
        /// `no-store`.
        pub no_store ("no_store"): bool,
        /// `no-cache`: true, or the fields it's about.
        pub no_cache ("no_cache"): ScopeDocument,
        /// `private`: true, or the fields it's about.
        pub private ("private"): ScopeDocument,
        /// `public`.
        pub public ("public"): bool,
        /// `must-revalidate`.
        pub must_revalidate ("must_revalidate"): bool,
        /// `proxy-revalidate`.
        pub proxy_revalidate ("proxy_revalidate"): bool,
        /// `must-understand`.
        pub must_understand ("must_understand"): bool,
        /// `no-transform`.
        pub no_transform ("no_transform"): bool,
        /// `immutable`.
        pub immutable ("immutable"): bool,
        /// Directives of other specifications, as they are to be written: `community="UCI"`.
        pub extensions ("extensions"): Vec<Extension>,
        /// `max-age` by status, in place of the other: `{200: 1h, 404: 1m, 5xx: no_store}`. The narrowest pattern counts.
        pub ttl ("ttl"): Pairs<StatusPattern, Ttl>,
        /// In mode `cap`: the shortest lifetime.
        pub min_ttl ("min_ttl"): Option<Span>,
        /// In mode `cap`: the longest lifetime.
        pub max_ttl ("max_ttl"): Option<Span>,
    }
}

const SCOPE: &str = "true, false, or a list of header fields";

choice! {
    /// How a policy meets what the origin says.
    pub enum PolicyMode {
        /// Only where the origin says nothing.
        Default = "default",
        /// In place of what the origin says; directives that nobody knows, and `no-transform`, stay.
        Override = "override",
        /// Directives that the origin does not have are added.
        Append = "append",
        /// The origin's lifetime is brought between `min_ttl` and `max_ttl`.
        Cap = "cap",
        /// The field is removed.
        Remove = "remove",
    }
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

impl Read for ScopeDocument {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        match node.value() {
            Value::Bool(true) => Ok(Self::Response),
            Value::Bool(false) => Ok(Self::Nothing),
            Value::Array(names) if !names.is_empty() => {
                let names: Vec<FieldName> = Vec::read(node)?;
                Ok(Self::Fields(names.iter().map(FieldName::to_string).collect()))
            }
            _ => Err(node.refuse(SCOPE)),
        }
    }
}

http_filter::describe! {
    impl http_filter::document::Describe for ScopeDocument {
        fn describe(schemas: &mut http_filter::document::Schemas) -> Value {
            let names = FieldName::describe(schemas);
            serde_json::json!({"anyOf": [{"type": "boolean"}, {"type": "array", "items": names, "minItems": 1}]})
        }

        fn written(&self) -> Option<Value> {
            (*self == Self::Nothing).then_some(Value::Bool(false))
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

impl Text for Ttl {
    const EXPECTED: &'static str = "a duration such as \"10m\", or \"no_store\"";
    const PATTERN: Option<&'static str> = Some("^(no_store|0|([0-9]+(ns|us|ms|s|m|h|d|w|y))+)$");
    const EXAMPLES: &'static [&'static str] = &["10m", "no_store"];

    fn parse(text: &str) -> Option<Self> {
        match text {
            "no_store" => Some(Self::NoStore),
            _ => text.parse().ok().map(Self::MaxAge),
        }
    }
}

/// A directive of another specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension(pub String);

impl Text for Extension {
    const EXPECTED: &'static str = "a directive such as name, name=token or name=\"text\"";
    const EXAMPLES: &'static [&'static str] = &["community=\"UCI\""];

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
