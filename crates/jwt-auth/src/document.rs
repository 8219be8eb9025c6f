//! The configuration as it's written. What the fields mean stands in the crate's README too; change both.

pub use crate::rule_document::{Allow, Optional, RequireDocument, RuleDocument};
use http_filter::{ByteSize, FieldName, Mode, OneOrMany, Span};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The configuration of jwt-auth.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Whether decisions are carried out; default `enforce`.
    #[serde(default)]
    pub mode: Mode,
    /// Whether routes may override this configuration through their metadata; default false.
    #[serde(default)]
    pub per_route: bool,
    /// Who issues tokens, by names of your choosing.
    pub providers: BTreeMap<String, ProviderDocument>,
    /// What requests need; the first whose `match` holds decides. A request that none is for, or any request where
    /// there are no rules, needs a token of any provider.
    #[serde(default)]
    pub rules: Vec<RuleDocument>,
    /// Whether CORS preflights (`OPTIONS` with `origin` and `access-control-request-method`) pass; default false.
    #[serde(default)]
    pub allow_cors_preflight: bool,
    /// What becomes of a path that can be read in several ways, where a rule matches by path; default `refuse`.
    #[serde(default)]
    pub ambiguous_paths: AmbiguousPaths,
    /// Verified tokens that each worker remembers; default 1000, 0 for none.
    #[serde(default = "default_cache_entries")]
    pub cache_entries: usize,
    /// The largest token, as it's sent; default 16 KiB.
    #[serde(default = "default_max_token")]
    pub max_token: ByteSize,
    /// How long a request waits for keys that aren't there yet; default 2s, at most 30s.
    #[serde(default = "default_wait")]
    pub wait: Span,
    /// Tokens that are refused although they verify.
    #[serde(default)]
    pub deny: Option<DenyDocument>,
    /// How refusals are told.
    #[serde(default)]
    pub replies: RepliesDocument,
}

fn default_cache_entries() -> usize {
    1000
}

fn default_max_token() -> ByteSize {
    ByteSize::new(16 << 10)
}

fn default_wait() -> Span {
    Span::seconds(2)
}

/// What becomes of ambiguous paths.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AmbiguousPaths {
    /// They are answered with 400 wherever a rule matches by path.
    #[default]
    Refuse,
    /// They match rules as they stand, but none that lets requests through without a token.
    Protect,
}

/// Who issues tokens, and what is asked of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderDocument {
    /// What `iss` must be: one of these. Empty: any, or none.
    #[serde(default)]
    pub issuer: OneOrMany<String>,
    /// Whom tokens must be for: `aud` must name one of these. Empty: anybody.
    #[serde(default)]
    pub audiences: OneOrMany<String>,
    /// The algorithms accepted; default every asymmetric one. HS256, HS384, HS512 must be named.
    #[serde(default)]
    pub algorithms: OneOrMany<String>,
    /// The key set: `{uri, cluster, …}` to fetch it, or `{keys: […]}`, the set itself.
    #[serde(default)]
    pub jwks: Option<JwksDocument>,
    /// Keys as PEM: public keys or certificates, any number of blocks.
    #[serde(default)]
    pub pem: Option<String>,
    /// Where tokens are looked for; default `{header: authorization, scheme: Bearer}`. More than one token is an error.
    #[serde(default)]
    pub from: OneOrMany<SourceDocument>,
    /// Whether the upstream gets the token; default false: it's removed from the request.
    #[serde(default)]
    pub forward: bool,
    /// How far clocks may differ; default 30s.
    #[serde(default = "default_leeway")]
    pub leeway: Span,
    /// Whether `exp` must be there; default true.
    #[serde(default = "yes")]
    pub require_expiration: bool,
    /// The largest age by `iat`, which must then be there; default any.
    #[serde(default)]
    pub max_age: Option<Span>,
    /// How far ahead `exp` may lie; default any.
    #[serde(default)]
    pub max_lifetime: Option<Span>,
    /// What `typ` must be, for example `at+jwt` (RFC 9068), without `application/`; `none` stands for tokens without.
    /// Empty: any.
    #[serde(default)]
    pub types: OneOrMany<String>,
    /// Claims that must be there: a path and what it must be.
    #[serde(default)]
    pub claims: BTreeMap<String, Value>,
    /// Scopes that must be granted, all of them.
    #[serde(default)]
    pub scopes: OneOrMany<String>,
    /// Headers for the upstream, from claims. A client's own copies are always removed.
    #[serde(default)]
    pub headers: BTreeMap<FieldName, HeaderDocument>,
    /// A header that gets the token's payload, base64url without padding.
    #[serde(default)]
    pub payload_header: Option<FieldName>,
    /// Whether the route is chosen anew with the headers from claims, for routes that match by them; default false.
    #[serde(default)]
    pub clear_route_cache: bool,
    /// Proof of possession (RFC 9449).
    #[serde(default)]
    pub dpop: DpopDocument,
    /// Whether tokens must be bound to the client's certificate (RFC 8705); those that are bound are always checked.
    #[serde(default)]
    pub certificate_bound: bool,
}

fn default_leeway() -> Span {
    Span::seconds(30)
}

fn yes() -> bool {
    true
}

/// A key set: its address, or itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwksDocument {
    /// The members of the set itself (RFC 7517 §5).
    #[serde(default)]
    pub keys: Option<Vec<Value>>,
    /// Where to fetch it.
    #[serde(default)]
    pub uri: Option<String>,
    /// Envoy's cluster to fetch it from.
    #[serde(default)]
    pub cluster: Option<String>,
    /// How long a fetch may take; default 5s.
    #[serde(default)]
    pub timeout: Option<Span>,
    /// How long a set is good where the answer doesn't say; default 10m. `Cache-Control` and `Expires` are honoured
    /// from 30s up to a day.
    #[serde(default)]
    pub refresh: Option<Span>,
    /// How long a set is used beyond that while it can't be fetched; default 24h.
    #[serde(default)]
    pub stale: Option<Span>,
    /// The least time between fetches for unknown key ids; default 10s.
    #[serde(default)]
    pub unknown_key_interval: Option<Span>,
    /// The largest set; default 256 KiB.
    #[serde(default)]
    pub max_bytes: Option<ByteSize>,
}

/// One place to look for a token; exactly one of `header`, `cookie` and `query`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceDocument {
    /// A header field.
    pub header: Option<FieldName>,
    /// The scheme before the token in that field, case-insensitive; without it the field is the token.
    pub scheme: Option<String>,
    /// A cookie.
    pub cookie: Option<String>,
    /// A query parameter.
    pub query: Option<String>,
}

/// What a header gets: a claim's path, or `{claim, format}`.
#[derive(Clone, Debug)]
pub struct HeaderDocument {
    /// The path of the claim.
    pub claim: OneOrMany<String>,
    /// How a list is written; default `csv`.
    pub format: Format,
}

/// How a claim is written into a header.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A list as its members, with commas between. A list with a comma in a member, or with a member that is no
    /// scalar, is withheld; so is an object.
    #[default]
    Csv,
    /// Lists and objects as JSON; a scalar as its text.
    Json,
}

/// Proof of possession (RFC 9449). Tokens bound to a key (`cnf.jkt`) always need it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DpopDocument {
    /// Whether every token must be bound; default false.
    #[serde(default)]
    pub required: bool,
    /// Origins (`https://api.example.com`) that a proof may name; default the request's own scheme and authority.
    #[serde(default)]
    pub origins: OneOrMany<String>,
    /// How old a proof may be; default 60s.
    #[serde(default = "default_proof_age")]
    pub max_age: Span,
    /// A secret of at least 32 bytes, the same in all proxies of a service: then proofs must hold a nonce that was made
    /// with it (RFC 9449 §9). Default none: nonces are not asked for.
    #[serde(default)]
    pub nonce_secret: Option<String>,
    /// How long a nonce is handed out; it is accepted for as long again. Default 5m.
    #[serde(default = "default_nonce_lifetime")]
    pub nonce_lifetime: Span,
}

fn default_nonce_lifetime() -> Span {
    Span::seconds(300)
}

fn default_proof_age() -> Span {
    Span::seconds(60)
}

impl Default for DpopDocument {
    fn default() -> Self {
        Self {
            required: false,
            origins: OneOrMany::default(),
            max_age: default_proof_age(),
            nonce_secret: None,
            nonce_lifetime: default_nonce_lifetime(),
        }
    }
}

/// Tokens that are refused although they verify.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DenyDocument {
    /// Token ids.
    pub jti: OneOrMany<String>,
    /// Subjects.
    pub sub: OneOrMany<String>,
    /// Key ids.
    pub kid: OneOrMany<String>,
    /// A list to fetch: a JSON object with the lists `jti`, `sub` and `kid`, each of them optional.
    pub list: Option<JwksDocument>,
}

/// How refusals are told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RepliesDocument {
    /// The protection space (RFC 9110 §11.5); default `edge`.
    pub realm: String,
    /// The address of the protected resource's metadata (RFC 9728 §5.1).
    pub resource_metadata: Option<String>,
    /// `problem` for `application/problem+json`, `text` for a line of text; default `problem`.
    pub format: ReplyFormat,
}

impl Default for RepliesDocument {
    fn default() -> Self {
        Self {
            realm: "edge".into(),
            resource_metadata: None,
            format: ReplyFormat::Problem,
        }
    }
}

/// The form of a reply's body.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReplyFormat {
    /// `application/problem+json` (RFC 9457).
    Problem,
    /// A line of text.
    Text,
}
http_filter::read_by_serde!(Document);
