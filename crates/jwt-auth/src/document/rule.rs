//! A rule, as it is written.

use crate::document::{
    claim_condition::ClaimCondition,
    require::{Optional, RequireDocument},
};
use http_filter::{Match, OneOrMany, choice, document, document::Pairs};

document! {
    /// What some requests need. Exactly one of `allow` and `require`, or neither: a token of any provider.
    #[derive(Clone)]
    pub struct RuleDocument {
        /// Which requests; default all.
        pub matches ("match"): Match,
        /// `anyone` needs no token, `nobody` gets through.
        pub allow ("allow"): Option<Allow>,
        /// A provider, `{any: […]}` or `{all: […]}`.
        pub require ("require"): Option<RequireDocument>,
        /// Whether requests without a token pass (`true`), or even those with an invalid one (`even_invalid`).
        pub optional ("optional"): Optional,
        /// Scopes that one token must have, all of them.
        pub scopes ("scopes"): OneOrMany<String>,
        /// Claims that it must have: a path and what it must be.
        pub claims ("claims"): Pairs<String, ClaimCondition>,
    }
}

choice! {
    /// Who passes without a token.
    pub enum Allow {
        /// Everybody.
        Anyone = "anyone",
        /// Nobody, whatever they bring.
        Nobody = "nobody",
    }
}
