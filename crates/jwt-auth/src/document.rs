//! The configuration as it's written.

pub use crate::{
    forms::ClaimCondition,
    rule_document::{Allow, Optional, RequireDocument, RuleDocument},
};
use http_filter::{
    ByteSize, FieldName, Mode, OneOrMany, Publish, Span, choice, document,
    document::{Brief, Pairs},
};
use serde_json::Value;

document! {
    /// The configuration of jwt-auth: who issues tokens, and which requests need one.
    #[derive(Clone)]
    pub struct Document {
        /// Whether decisions are carried out.
        pub mode ("mode"): Mode,
        /// Whether routes may override this configuration through their metadata.
        pub per_route ("per_route"): bool,
        /// Who may read the claims of a verified token.
        pub publish ("publish"): Publish,
        /// Who issues tokens, by names of your choosing.
        pub providers ("providers", required "who issues tokens, by names of your choosing"): Pairs<String, ProviderDocument>,
        /// What requests need; the first whose `match` holds decides. A request that none is for, or any request where
        /// there are no rules, needs a token of any provider.
        pub rules ("rules"): Vec<RuleDocument>,
        /// Whether CORS preflights (`OPTIONS` with `origin` and `access-control-request-method`) pass.
        pub allow_cors_preflight ("allow_cors_preflight"): bool,
        /// What becomes of a path that can be read in several ways, where a rule matches by path.
        pub ambiguous_paths ("ambiguous_paths"): AmbiguousPaths,
        /// Verified tokens that each worker remembers, 0 for none.
        pub cache_entries ("cache_entries"): usize = 1000,
        /// The largest token, as it's sent.
        pub max_token ("max_token"): ByteSize = ByteSize::new(16 << 10),
        /// How long a request waits for keys that aren't there yet, at most 30s.
        pub wait ("wait"): Span = Span::seconds(2),
        /// Tokens that are refused although they verify.
        pub deny ("deny"): Option<DenyDocument>,
        /// How refusals are told.
        pub replies ("replies"): RepliesDocument,
    }
}

choice! {
    /// What becomes of ambiguous paths.
    pub enum AmbiguousPaths, default Refuse {
        /// They are answered with 400 wherever a rule matches by path.
        Refuse = "refuse",
        /// They match rules as they stand, but none that lets requests through without a token.
        Protect = "protect",
    }
}

document! {
    /// Who issues tokens, and what is asked of them.
    #[derive(Clone)]
    pub struct ProviderDocument {
        /// What `iss` must be: one of these. Empty: any, or none.
        pub issuer ("issuer"): OneOrMany<String>,
        /// Whom tokens must be for: `aud` must name one of these. Empty: anybody.
        pub audiences ("audiences"): OneOrMany<String>,
        /// The algorithms accepted; default every asymmetric one. HS256, HS384, HS512 must be named.
        pub algorithms ("algorithms"): OneOrMany<String>,
        /// The key set: `{uri, cluster, …}` to fetch it, or `{keys: […]}`, the set itself.
        pub jwks ("jwks"): Option<JwksDocument>,
        /// Keys as PEM: public keys or certificates, any number of blocks.
        pub pem ("pem"): Option<String>,
        /// Where tokens are looked for. More than one token is an error.
        pub from ("from", default "{\"header\": \"authorization\", \"scheme\": \"Bearer\"}"): OneOrMany<SourceDocument>,
        /// Whether the upstream gets the token; default false: it's removed from the request.
        pub forward ("forward"): bool,
        /// How far clocks may differ.
        pub leeway ("leeway"): Span = Span::seconds(30),
        /// Whether `exp` must be there.
        pub require_expiration ("require_expiration"): bool = true,
        /// The largest age by `iat`, which must then be there.
        pub max_age ("max_age"): Option<Span>,
        /// How far ahead `exp` may lie.
        pub max_lifetime ("max_lifetime"): Option<Span>,
        /// What `typ` must be, for example `at+jwt` (RFC 9068), without `application/`; `none` stands for tokens without.
        /// Empty: any.
        pub types ("types"): OneOrMany<String>,
        /// Claims that must be there: a path and what it must be.
        pub claims ("claims"): Pairs<String, ClaimCondition>,
        /// Scopes that must be granted, all of them.
        pub scopes ("scopes"): OneOrMany<String>,
        /// Headers for the upstream, from claims. A client's own copies are always removed.
        pub headers ("headers"): Pairs<FieldName, Brief<HeaderDocument>>,
        /// A header that gets the token's payload, base64url without padding.
        pub payload_header ("payload_header"): Option<FieldName>,
        /// Whether the route is chosen anew with the headers from claims, for routes that match by them.
        pub clear_route_cache ("clear_route_cache"): bool,
        /// Proof of possession (RFC 9449).
        pub dpop ("dpop"): DpopDocument,
        /// Whether tokens must be bound to the client's certificate (RFC 8705); those that are bound are always checked.
        pub certificate_bound ("certificate_bound"): bool,
    }
}

document! {
    /// A key set: its address, or itself.
    #[derive(Clone)]
    pub struct JwksDocument {
        /// The members of the set itself (RFC 7517 §5).
        pub keys ("keys"): Option<Vec<Value>>,
        /// Where to fetch it.
        pub uri ("uri"): Option<String>,
        /// Envoy's cluster to fetch it from.
        pub cluster ("cluster"): Option<String>,
        /// How long a fetch may take.
        pub timeout ("timeout", default "5s"): Option<Span>,
        /// How long a set is good where the answer doesn't say. `Cache-Control` and `Expires` are honoured
        /// from 30s up to a day.
        pub refresh ("refresh", default "10m"): Option<Span>,
        /// How long a set is used beyond that while it can't be fetched.
        pub stale ("stale", default "24h"): Option<Span>,
        /// How often one client address has the set fetched again for an unknown key id, on each worker.
        pub unknown_key_interval ("unknown_key_interval", default "10s"): Option<Span>,
        /// The largest set.
        pub max_bytes ("max_bytes", default "256KiB"): Option<ByteSize>,
    }
}

document! {
    /// One place to look for a token; exactly one of `header`, `cookie` and `query`.
    #[derive(Clone)]
    pub struct SourceDocument {
        /// A header field.
        pub header ("header"): Option<FieldName>,
        /// The scheme before the token in that field, case-insensitive; without it the field is the token.
        pub scheme ("scheme"): Option<String>,
        /// A cookie.
        pub cookie ("cookie"): Option<String>,
        /// A query parameter.
        pub query ("query"): Option<String>,
    }
}

document! {
    /// What a header gets: a claim, and how it is written.
    #[derive(Clone)]
    pub struct HeaderDocument {
        /// The path of the claim.
        pub claim ("claim", required "a claim's path"): OneOrMany<String>,
        /// How a list is written.
        pub format ("format"): Format,
    }
}

choice! {
    /// How a claim is written into a header.
    pub enum Format, default Csv {
        /// A list as its members, with commas between. A list with a comma in a member, or with a member that is no
        /// scalar, is withheld; so is an object.
        Csv = "csv",
        /// Lists and objects as JSON; a scalar as its text.
        Json = "json",
    }
}

document! {
    /// Proof of possession (RFC 9449). Tokens bound to a key (`cnf.jkt`) always need it.
    #[derive(Clone)]
    pub struct DpopDocument {
        /// Whether every token must be bound.
        pub required ("required"): bool,
        /// Origins (`https://api.example.com`) that a proof may name; default the request's own scheme and authority.
        pub origins ("origins"): OneOrMany<String>,
        /// How old a proof may be.
        pub max_age ("max_age"): Span = Span::seconds(60),
        /// A secret of at least 32 bytes, the same in all proxies of a service: then proofs must hold a nonce that was made
        /// with it (RFC 9449 §9). Without it nonces are not asked for.
        pub nonce_secret ("nonce_secret"): Option<String>,
        /// How long a nonce is handed out; it is accepted for as long again.
        pub nonce_lifetime ("nonce_lifetime"): Span = Span::seconds(300),
    }
}

document! {
    /// Tokens that are refused although they verify.
    #[derive(Clone)]
    pub struct DenyDocument {
        /// Token ids.
        pub jti ("jti"): OneOrMany<String>,
        /// Subjects.
        pub sub ("sub"): OneOrMany<String>,
        /// Key ids.
        pub kid ("kid"): OneOrMany<String>,
        /// A list to fetch: a JSON object with the lists `jti`, `sub` and `kid`, each of them optional.
        pub list ("list"): Option<JwksDocument>,
    }
}

document! {
    /// How refusals are told.
    #[derive(Clone)]
    pub struct RepliesDocument {
        /// The protection space (RFC 9110 §11.5).
        pub realm ("realm"): String = "edge".to_owned(),
        /// The address of the protected resource's metadata (RFC 9728 §5.1).
        pub resource_metadata ("resource_metadata"): Option<String>,
        /// `problem` for `application/problem+json`, `text` for a line of text.
        pub format ("format"): ReplyFormat = ReplyFormat::Problem,
    }
}

choice! {
    /// The form of a reply's body.
    pub enum ReplyFormat {
        /// `application/problem+json` (RFC 9457).
        Problem = "problem",
        /// A line of text.
        Text = "text",
    }
}
