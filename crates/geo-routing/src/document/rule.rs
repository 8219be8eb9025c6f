//! A rule, as it is written.

use crate::document::{block::BlockDocument, condition::ConditionDocument, redirect::RedirectDocument};
use http_filter::{
    FieldName, Match, OneOrMany, document,
    document::{Brief, Pairs},
};

document! {
    /// What becomes of which requests. The first rule that is for a request holds.
    pub(crate) struct RuleDocument {
        /// A name, for the counter `rule_<name>` and the debug header.
        pub(crate) name ("name"): Option<String>,
        /// Which requests it is for.
        pub(crate) matching ("match"): Match,
        /// Which of these it is not for.
        pub(crate) except ("except"): Option<Match>,
        /// Which places it is for.
        pub(crate) when ("when"): ConditionDocument,
        /// Sends requests to a region, or to the nearest one.
        pub(crate) route ("route"): Option<String>,
        /// Refuses requests.
        pub(crate) block ("block"): Option<Brief<BlockDocument>>,
        /// Sends clients elsewhere.
        pub(crate) redirect ("redirect"): Option<Brief<RedirectDocument>>,
        /// Lets requests pass as they are.
        pub(crate) pass ("pass"): bool,
        /// Edits to the request's headers, beside what else the rule does.
        pub(crate) headers ("headers"): HeadersDocument,
    }
}

document! {
    /// Edits to the request's headers.
    pub(crate) struct HeadersDocument {
        /// Headers to set; the client's own are always removed, by whichever rule.
        pub(crate) set ("set"): Pairs<FieldName, String>,
        /// Headers to remove.
        pub(crate) remove ("remove"): OneOrMany<FieldName>,
    }
}
