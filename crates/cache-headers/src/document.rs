//! The configuration as it's written.

use crate::{
    media::MediaRange,
    no_vary_search::NoVarySearch,
    policy_document::{PolicyDocument, PolicyMode},
    preset::Preset,
    request_rule::RequestRuleDocument,
    status::StatusPattern,
    template::Template,
};
use http_filter::{FieldName, Match, Mode};
use std::ops::RangeInclusive;

/// The configuration of the filter.
#[derive(Debug)]
pub struct Document {
    /// Whether the filter acts. Default `enforce`.
    pub mode: Mode,
    /// Whether routes may override this configuration by their metadata. Default false.
    pub per_route: bool,
    /// What responses say to caches. Default none.
    pub rules: Vec<RuleDocument>,
    /// Which rules take part: the first that matches, or all that do. Default `first`.
    pub evaluate: Evaluate,
    /// What requests lose on their way to caches and origin. Default none.
    pub requests: Vec<RequestRuleDocument>,
    /// What makes a request somebody's own, beside Authorization and verified claims. Default nothing.
    pub personal: PersonalDocument,
    /// Whether a response whose type is not that of the path's extension is kept out of caches. Default true.
    pub deception_armor: bool,
    /// Media types of further extensions (without dot) that the armor knows. Default none.
    pub media_types: Vec<(String, Vec<MediaRange>)>,
    /// Whether what the origin itself opens to shared caches is closed when it sets cookies or the request is
    /// somebody's own. Default false.
    pub guard_origin: bool,
    /// The fields that carry `tags`. Default `[surrogate-key, cache-tag]`.
    pub tag_fields: Vec<FieldName>,
    /// The number of names in Vary above which shared caches are kept out. Default 16.
    pub vary_max: usize,
    /// A response field that says what was decided and why. Default none.
    pub debug: Option<DebugDocument>,
}

impl Default for Document {
    fn default() -> Self {
        let field = |name: &str| FieldName(name.to_owned());
        Self {
            mode: Mode::default(),
            per_route: false,
            rules: Vec::new(),
            evaluate: Evaluate::default(),
            requests: Vec::new(),
            personal: PersonalDocument::default(),
            deception_armor: true,
            media_types: Vec::new(),
            guard_origin: false,
            tag_fields: vec![field("surrogate-key"), field("cache-tag")],
            vary_max: 16,
            debug: None,
        }
    }
}

/// Which of the rules that match take part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Evaluate {
    /// The first.
    #[default]
    First,
    /// All: each field is left to the first rule that speaks of it, tags and Vary collect.
    All,
}

/// A rule: for which exchanges, and what their responses say.
#[derive(Debug, Default)]
pub struct RuleDocument {
    /// A name for the debug field. Default `rule <n>`, counted from 0.
    pub name: Option<String>,
    /// For which exchanges. Default all.
    pub r#match: MatchDocument,
    /// Policies for what this rule does not say itself. Default none.
    pub preset: Option<Preset>,
    /// How the rule's policies meet what the origin says. Default `override`.
    pub mode: Option<PolicyMode>,
    /// Guards that this rule does without. Default none.
    pub force: Vec<Guard>,
    /// Cache-Control: for browsers, and for every cache that heeds no targeted field.
    pub browser: Option<PolicyDocument>,
    /// CDN-Cache-Control (RFC 9213).
    pub cdn: Option<PolicyDocument>,
    /// Surrogate-Control.
    pub surrogate: Option<PolicyDocument>,
    /// Other targeted fields (RFC 9213) by name, for example `Cloudflare-CDN-Cache-Control`.
    pub fields: Vec<(FieldName, PolicyDocument)>,
    /// Whether Expires is written (true), or removed (false), with Cache-Control. Default: written where the origin did.
    pub expires: Option<bool>,
    /// What becomes of a response that sets cookies. Default `private`.
    pub set_cookie: SetCookie,
    /// Whether a response whose lifetime the rule sets counts from here: without Age, and with a new Date. Default false.
    pub reset_age: bool,
    /// No-Vary-Search, where the origin sends none. Default none.
    pub no_vary_search: Option<NoVarySearch>,
    /// Names to add to Vary. Default none.
    pub vary: Vec<FieldName>,
    /// Names to remove from Vary. Default none.
    pub vary_remove: Vec<FieldName>,
    /// An ETag for responses that have none. Default none.
    pub etag: Option<ETag>,
    /// Digest fields (RFC 9530) to add, or to put right. Default none.
    pub digest: Vec<Digest>,
    /// The largest body held for a strong ETag or a digest. Default 64 KiB, at most 16 MiB.
    pub body_limit: Option<u64>,
    /// Whether If-None-Match and If-Modified-Since are answered with 304. Default true.
    pub conditional: Option<bool>,
    /// Surrogate keys, with `{host}`, `{path}`, `{path.2}`, `{query.id}`, `{header.x-shop}`, `{response.x-id}`. Default none.
    pub tags: Vec<Template>,
}

/// For which exchanges a rule is.
#[derive(Debug, Default)]
pub struct MatchDocument {
    /// `host`, `path`, `methods`, `headers`, `cookies`, `query`: conditions on the request, as in every filter.
    pub request: Match,
    /// Response status: `200`, `2xx`, `"400-499"`.
    pub status: Vec<StatusPattern>,
    /// Response media types: `text/html`, `image/*`, `application/*+json`.
    pub content_type: Vec<MediaRange>,
    /// Content-Length, least and most, in bytes. Default any, or none.
    pub content_length: Option<RangeInclusive<u64>>,
    /// `response_headers`, as the headers of a match.
    pub response: Match,
}

/// What keeps a response from being opened to shared caches, or from being stored for some time at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The origin says `no-store`.
    NoStore,
    /// The origin says `private`.
    Private,
    /// The request carries Authorization, or claims that jwt-auth verified.
    Authorization,
    /// The request carries what the configuration calls personal.
    Personal,
    /// The response sets cookies.
    SetCookie,
    /// The response varies by `*`, or by too many fields.
    Vary,
    /// The status is none that a rule without status condition is for.
    Status,
    /// The exchange is GraphQL.
    Graphql,
    /// The method is neither GET nor HEAD. Can't be forced.
    Method,
    /// The response is a stream of events. Can't be forced.
    EventStream,
}

/// What becomes of a response that sets cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SetCookie {
    /// Only the user's own cache may store it.
    #[default]
    Private,
    /// Nobody may store it.
    NoStore,
    /// The cookies are removed and the policy stands.
    Remove,
}

/// How an ETag is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ETag {
    /// A weak one from Last-Modified, Content-Length and Content-Encoding.
    Weak,
    /// A strong one from the body, where that can be held; else none.
    Strong,
}

/// A digest field (RFC 9530).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// Repr-Digest.
    Repr,
    /// Content-Digest.
    Content,
    /// Unencoded-Digest (draft-ietf-httpbis-unencoded-digest), of responses without content coding: it stays true when
    /// they get one.
    Unencoded,
}

/// What makes a request somebody's own.
#[derive(Debug, Default)]
pub struct PersonalDocument {
    /// Cookies: `session`, `wp_logged_in_*`. Default none.
    pub cookies: Vec<String>,
    /// Header fields. Default none.
    pub headers: Vec<FieldName>,
}

/// The field that explains.
#[derive(Debug)]
pub struct DebugDocument {
    /// Its name, for example `x-cache-policy`.
    pub header: FieldName,
    /// For which requests. Default all.
    pub when: Match,
}
