//! A provider, as it is written.

use crate::document::{claim_condition::ClaimCondition, jwks::JwksDocument};
use http_filter::{
    FieldName, OneOrMany, Span, choice, document,
    document::{Brief, Pairs, Shorthand},
};

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

impl Shorthand for HeaderDocument {
    const EXPECTED: &'static str = "a claim's path, or {claim, format}";
    const SHORT_SCHEMA: &'static str = r#"{"type": "string"}"#;

    fn from_text(path: &str) -> Option<Self> {
        Some(Self {
            claim: OneOrMany(vec![path.to_owned()]),
            ..Self::default()
        })
    }
}
