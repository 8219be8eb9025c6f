//! The configuration as it's written.

use crate::{
    no_vary_search::NoVarySearch,
    policy_document::{PolicyDocument, PolicyMode},
    preset::Preset,
    request_rule::RequestRuleDocument,
    template::Template,
};
use http_fields::{MediaRange, StatusPattern};
use http_filter::{
    ByteSize, FieldName, Match, Mode, ValuePattern, choice, document,
    document::{First, Node, Pairs, Read, Refused},
};
use std::ops::RangeInclusive;

/// The fields that carry tags unless told otherwise.
fn tag_fields() -> Vec<FieldName> {
    ["surrogate-key", "cache-tag"].map(FieldName::of).into()
}

document! {
    /// The configuration of cache-headers: what responses say to caches.
    #[null(absent)]
    pub struct Document {
        /// Whether the filter acts.
        pub mode ("mode"): Mode,
        /// Whether routes may override this configuration by their metadata.
        pub per_route ("per_route"): bool,
        /// What responses say to caches.
        pub rules ("rules"): Vec<RuleDocument>,
        /// Which rules take part: the first that matches, or all that do.
        pub evaluate ("evaluate"): Evaluate,
        /// What requests lose on their way to caches and origin.
        pub requests ("requests"): Vec<RequestRuleDocument>,
        /// What makes a request somebody's own, beside Authorization and verified claims.
        pub personal ("personal"): PersonalDocument,
        /// Whether a response whose type is not that of the path's extension is kept out of caches.
        pub deception_armor ("deception_armor"): bool = true,
        /// Media types of further extensions (without dot) that the armor knows.
        pub media_types ("media_types"): Pairs<String, Vec<MediaRange>>,
        /// Whether guards close to shared caches what the origin itself says, and what it leaves unsaid.
        pub guard_origin ("guard_origin"): bool = true,
        /// The fields that carry `tags`.
        pub tag_fields ("tag_fields"): Vec<FieldName> = tag_fields(),
        /// The number of names in Vary above which shared caches are kept out.
        pub vary_max ("vary_max"): usize = 16,
        /// A response field that says what was decided and why.
        pub debug ("debug"): Option<DebugDocument>,
    }
}

choice! {
    /// Which of the rules that match take part.
    pub enum Evaluate, default First {
        /// The first.
        First = "first",
        /// All: each field is left to the first rule that speaks of it, tags and Vary collect.
        All = "all",
    }
}

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
    /// What keeps a response from being opened to shared caches, or from being stored for some time at all.
    pub enum Guard {
        /// The origin says `no-store`.
        NoStore = "no_store",
        /// The origin says `private`.
        Private = "private",
        /// The origin says `no-cache`, or gives a lifetime of nothing.
        NoCache = "no_cache",
        /// The request carries Authorization, or claims that jwt-auth verified.
        Authorization = "authorization",
        /// The request carries what the configuration calls personal.
        Personal = "personal",
        /// The response sets cookies.
        SetCookie = "set_cookie",
        /// The response varies by `*`, or by too many fields.
        Vary = "vary",
        /// The status is none that a rule without status condition is for.
        Status = "status",
        /// The exchange is GraphQL.
        Graphql = "graphql",
        /// Servers may read the path in ways that lead to different rules. Can't be forced.
        Path = "path",
        /// The method is neither GET nor HEAD. Can't be forced.
        Method = "method",
        /// The response is a stream of events. Can't be forced.
        EventStream = "event_stream",
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
    /// What makes a request somebody's own.
    #[null(absent)]
    pub struct PersonalDocument {
        /// Cookies: `session`, `wp_logged_in_*`. Default: those that frameworks keep sessions in, for all but styles, scripts,
        /// fonts and images.
        pub cookies ("cookies"): Option<Vec<String>>,
        /// Header fields.
        pub headers ("headers"): Vec<FieldName>,
    }
}

document! {
    /// The field that explains.
    #[null(absent)]
    pub struct DebugDocument {
        /// Its name, for example `x-cache-policy`.
        pub header ("header", required "a header field's name"): FieldName,
        /// For which requests.
        pub when ("when"): Match,
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
