//! A policy, as it is written.

use crate::{
    document::{
        cost::CostDocument,
        words::{Missing, QuotaUnit},
    },
    key::{Network, Parts},
    quota::set::WAYS,
};
use http_filter::{
    Mode, OneOrMany, SpanWithin, choice, document,
    document::{Brief, Within},
};

document! {
    /// A policy: how many requests, per how long, for whom.
    #[null(absent)]
    pub(crate) struct PolicyDocument {
        /// Units per `per`.
        pub(crate) requests ("requests", required "an integer from 1 to 4294967295"): Within<1, MOST>,
        /// From 1ms to 10y.
        pub(crate) per ("per", required "a duration such as \"250ms\", \"10m\" or \"30d\""): SpanWithin<1, TEN_YEARS>,
        /// Units at once; default `requests`.
        pub(crate) burst ("burst"): Option<Within<1, MOST>>,
        /// What sets clients apart; `[]` is one bucket for all.
        pub(crate) key ("key"): Parts,
        /// What a request costs.
        pub(crate) cost ("cost", default "1"): Option<Brief<CostDocument>>,
        /// What units are, for clients to read.
        pub(crate) unit ("unit"): QuotaUnit,
        /// What becomes of requests that lack a part of the key.
        pub(crate) missing ("missing"): Missing,
        /// Clients and keys that the policy doesn't limit.
        pub(crate) exempt ("exempt"): PolicyExemptDocument,
        /// `shadow` counts what the policy would refuse.
        pub(crate) mode ("mode"): Mode,
        /// The share of clients for whom it's enforced; of requests where `key` is `[]`.
        pub(crate) percent ("percent"): Within<0, 100> = Within(100),
        /// How many clients are kept apart at a time.
        pub(crate) slots ("slots"): Within<{ WAYS as u32 }, MAX_SLOTS> = Within(65_536),
        /// Who counts; default `global` where there's a service.
        pub(crate) scope ("scope"): Option<Scope>,
        /// The value of the descriptor's first entry; empty for none; default the policy's name.
        pub(crate) generic_key ("generic_key"): Option<String>,
    }
}

document! {
    /// Clients and keys that a policy doesn't limit.
    #[null(absent)]
    pub(crate) struct PolicyExemptDocument {
        /// Networks of clients.
        pub(crate) client_ip ("client_ip"): OneOrMany<Network>,
        /// Keys: a value per part, `*` for any.
        pub(crate) keys ("keys"): OneOrMany<OneOrMany<String>>,
    }
}

choice! {
    /// Who counts.
    pub(crate) enum Scope {
        /// This process.
        Local = "local",
        /// The rate limit service.
        Global = "global",
    }
}

const MOST: u32 = u32::MAX;
/// In milliseconds.
pub(crate) const TEN_YEARS: u64 = 3650 * 86_400_000;
const MAX_SLOTS: u32 = 1 << 24;
