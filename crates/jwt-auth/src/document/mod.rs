//! The configuration as it's written.

pub(crate) mod claim_condition;
pub(crate) mod jwks;
pub(crate) mod provider;
pub(crate) mod require;
pub(crate) mod rule;

pub use crate::document::{
    claim_condition::ClaimCondition,
    require::{Optional, RequireDocument},
    rule::{Allow, RuleDocument},
};
use crate::document::{jwks::JwksDocument, provider::ProviderDocument};
use http_filter::{ByteSize, Mode, OneOrMany, Publish, Span, choice, document, document::Pairs};

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
