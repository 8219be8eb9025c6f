//! A rule, as it is written.

use crate::document::{
    guard::Guard,
    no_vary_search::NoVarySearch,
    policy::{PolicyDocument, PolicyMode},
    preset::Preset,
    template::Template,
};
use http_fields::{MediaRange, StatusPattern};
use http_filter::{
    ByteSize, FieldName, Match, ValuePattern, choice, document,
    document::{First, Node, Pairs, Read, Refused},
};
use std::ops::RangeInclusive;

document! {
    /// A rule: for which exchanges, and what their responses say.
    #[null(absent)]
    pub struct RuleDocument {
        /// A name for the debug field. Default `rule <n>`, counted from 0.
        pub name ("name"): Option<String>,
        /// For which exchanges.
        pub matching ("match"): MatchDocument,
        /// Policies for what this rule does not say itself.
        pub preset ("preset"): Option<Preset>,
        /// How the rule's policies meet what the origin says.
        pub mode ("mode", default "override"): Option<PolicyMode>,
        /// Guards that this rule does without.
        pub force ("force"): Vec<First<Guard, 9>>,
        /// Cache-Control: for browsers, and for every cache that heeds no targeted field.
        pub browser ("browser"): Option<PolicyDocument>,
        /// CDN-Cache-Control (RFC 9213).
        pub cdn ("cdn"): Option<PolicyDocument>,
        /// Surrogate-Control.
        pub surrogate ("surrogate"): Option<PolicyDocument>,
        /// Other targeted fields (RFC 9213) by name, for example `Cloudflare-CDN-Cache-Control`.
        pub fields ("fields"): Pairs<FieldName, PolicyDocument>,
        /// Whether Expires is written (true), or removed (false), with Cache-Control. Default: written where the origin did.
        pub expires ("expires"): Option<bool>,
        /// What becomes of a response that sets cookies.
        pub set_cookie ("set_cookie"): SetCookie,
        /// Whether a response whose lifetime the rule sets counts from here: without Age, and with a new Date.
        pub reset_age ("reset_age"): bool,
        /// No-Vary-Search, where the origin sends none.
        pub no_vary_search ("no_vary_search"): Option<NoVarySearch>,
        /// Names to add to Vary.
        pub vary ("vary"): Vec<FieldName>,
        /// Names to remove from Vary.
        pub vary_remove ("vary_remove"): Vec<FieldName>,
        /// An ETag for responses that have none.
        pub etag ("etag"): Option<ETag>,
        /// Digest fields (RFC 9530) to add, or to put right.
        pub digest ("digest"): Vec<Digest>,
        /// The largest body held for a strong ETag or a digest. At most 16 MiB.
        pub body_limit ("body_limit", default "64KiB"): Option<ByteSize>,
        /// Whether If-None-Match and If-Modified-Since are answered with 304.
        pub conditional ("conditional", default "true"): Option<bool>,
        /// Surrogate keys, with `{host}`, `{path}`, `{path.2}`, `{query.id}`, `{header.x-shop}`, `{response.x-id}`.
        pub tags ("tags"): Vec<Template>,
    }
}

document! {
    /// For which exchanges a rule is.
    #[null(absent)]
    pub struct MatchDocument {
        /// Response status: `200`, `2xx`, `"400-499"`.
        pub status ("status"): Vec<StatusPattern>,
        /// Response media types: `text/html`, `image/*`, `application/*+json`.
        pub content_type ("content_type"): Vec<MediaRange>,
        /// Content-Length, least and most, in bytes.
        pub content_length ("content_length"): Option<Lengths>,
        /// Header fields of the response: a name and what one of its lines must be.
        pub response_headers ("response_headers"): Pairs<FieldName, ValuePattern>,
    }
    embeds {
        /// The conditions on the request.
        pub request: Match
    }
}

choice! {
    /// What becomes of a response that sets cookies.
    pub enum SetCookie, default Private {
        /// Only the user's own cache may store it.
        Private = "private",
        /// Nobody may store it.
        NoStore = "no_store",
        /// The cookies are removed and the policy stands.
        Remove = "remove",
    }
}

choice! {
    /// How an ETag is made.
    pub enum ETag {
        /// A weak one from Last-Modified, Content-Length and Content-Encoding.
        Weak = "weak",
        /// A strong one from the body, where that can be held; else none.
        Strong = "strong",
    }
}

choice! {
    /// A digest field (RFC 9530).
    pub enum Digest {
        /// Repr-Digest.
        Repr = "repr",
        /// Content-Digest.
        Content = "content",
        /// Unencoded-Digest (draft-ietf-httpbis-unencoded-digest), of responses without content coding: it stays true when
        /// they get one.
        Unencoded = "unencoded",
    }
}

document! {
    /// Lengths of bodies, both bounds included; at least one of them.
    #[null(absent)]
    struct LengthsDocument {
        /// The least.
        min ("min"): Option<ByteSize>,
        /// The most.
        max ("max"): Option<ByteSize>,
    }
}

/// A range of lengths, in bytes.
#[derive(Clone, Debug)]
pub struct Lengths(pub RangeInclusive<u64>);

impl Read for Lengths {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let LengthsDocument { min, max } = LengthsDocument::read(node)?;
        let range = min.map_or(0, ByteSize::bytes)..=max.map_or(u64::MAX, ByteSize::bytes);
        if min.or(max).is_none() || range.is_empty() {
            return Err(node.refuse_as("no range", "min, max, or both, min the smaller one"));
        }
        Ok(Self(range))
    }
}

http_filter::describe! {
    impl http_filter::document::Describe for Lengths {
        fn describe(schemas: &mut http_filter::document::Schemas) -> serde_json::Value {
            LengthsDocument::describe(schemas)
        }
    }
}
