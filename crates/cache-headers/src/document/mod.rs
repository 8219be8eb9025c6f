//! The configuration as it's written.

pub(crate) mod guard;
pub mod no_vary_search;
pub mod policy;
pub(crate) mod preset;
pub mod request_rule;
pub(crate) mod rule;
pub(crate) mod template;

use crate::document::{request_rule::RequestRuleDocument, rule::RuleDocument};
use http_fields::MediaRange;
use http_filter::{FieldName, Match, Mode, choice, document, document::Pairs};

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
