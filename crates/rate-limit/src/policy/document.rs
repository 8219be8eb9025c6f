use super::{Counters, Policy, exempt::Exempt, hash::digest};
use crate::{
    cost::{Cost, CostDocument},
    document::{Missing, QuotaUnit},
    fields::Told,
    gcra::Quota,
    key::{Network, Parts},
    set::WAYS,
    table::Table,
};
use http_filter::{
    ConfigError, Mode, OneOrMany, SpanWithin, choice, document,
    document::{Brief, Within},
};
use std::time::Duration;

document! {
    /// A policy: how many requests, per how long, for whom.
    #[null(absent)]
    pub(crate) struct PolicyDocument {
        /// Units per `per`.
        requests ("requests", required "an integer from 1 to 4294967295"): Within<1, MOST>,
        /// From 1ms to 10y.
        per ("per", required "a duration such as \"250ms\", \"10m\" or \"30d\""): SpanWithin<1, TEN_YEARS>,
        /// Units at once; default `requests`.
        burst ("burst"): Option<Within<1, MOST>>,
        /// What sets clients apart; `[]` is one bucket for all.
        key ("key"): Parts,
        /// What a request costs.
        cost ("cost", default "1"): Option<Brief<CostDocument>>,
        /// What units are, for clients to read.
        unit ("unit"): QuotaUnit,
        /// What becomes of requests that lack a part of the key.
        missing ("missing"): Missing,
        /// Clients and keys that the policy doesn't limit.
        exempt ("exempt"): PolicyExemptDocument,
        /// `shadow` counts what the policy would refuse.
        mode ("mode"): Mode,
        /// The share of clients for whom it's enforced; of requests where `key` is `[]`.
        percent ("percent"): Within<0, 100> = Within(100),
        /// How many clients are kept apart at a time.
        slots ("slots"): Within<{ WAYS as u32 }, MAX_SLOTS> = Within(65_536),
        /// Who counts; default `global` where there's a service.
        scope ("scope"): Option<Scope>,
        /// The value of the descriptor's first entry; empty for none; default the policy's name.
        generic_key ("generic_key"): Option<String>,
    }
}

document! {
    /// Clients and keys that a policy doesn't limit.
    #[null(absent)]
    pub(super) struct PolicyExemptDocument {
        /// Networks of clients.
        pub(super) client_ip ("client_ip"): OneOrMany<Network>,
        /// Keys: a value per part, `*` for any.
        pub(super) keys ("keys"): OneOrMany<OneOrMany<String>>,
    }
}

choice! {
    /// Who counts.
    enum Scope {
        /// This process.
        Local = "local",
        /// The rate limit service.
        Global = "global",
    }
}

impl Policy {
    /// Compiles the policy `name`; `global` where there's a service.
    pub(crate) fn compile(
        name: String,
        document: PolicyDocument,
        global: bool,
        namespace: &str,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let (requests, per) = (document.requests.0, document.per.duration());
        let burst = document.burst.map_or(requests, |burst| burst.0);
        let quota = Quota::new(requests, per, burst);
        if quota.refill() > Duration::from_millis(TEN_YEARS) {
            let expected = "a burst that refills within 10 years";
            return Err(ConfigError::at(path, "burst", &burst.to_string(), expected));
        }
        let key = document.key.parts;
        if key.len() > MAX_PARTS {
            let found = key.len().to_string();
            return Err(ConfigError::at(path, "key", &found, "at most 16 parts"));
        }
        let cost = Cost::compile(document.cost.map(|cost| cost.0), burst, &[path, ".cost"].concat())?;
        let sets = if key.is_empty() {
            1
        } else {
            document.slots.0.div_ceil(WAYS as u32)
        };
        let is_global = document.scope.map_or(global, |scope| scope == Scope::Global);
        if is_global && !global {
            let expected = "`global`, which says where the service is";
            return Err(ConfigError::at(path, "scope", "global", expected));
        }
        // A policy that means the same keeps its counts when the configuration around it changes; one that does not,
        // starts anew.
        let numbers = [
            &requests.to_string(),
            " ",
            &per.as_nanos().to_string(),
            " ",
            &sets.to_string(),
        ]
        .concat();
        let digest = digest(&[FORMAT, namespace, &name, &document.key.text, &numbers]);
        let exempt_path = [path, ".exempt"].concat();
        Ok(Self {
            told: Told::new(&name, burst, document.unit, quota.refill()),
            quota: quota.overdrawn_by(cost.debt(burst)),
            table: Table::new(&digest),
            exempt: Exempt::compile(document.exempt, &key, &exempt_path)?,
            generic_key: document.generic_key.unwrap_or_else(|| name.clone()),
            counters: Counters::new(&name),
            unit: document.unit,
            missing: document.missing,
            mode: document.mode,
            percent: document.percent.0,
            is_global,
            sets: sets.into(),
            name,
            requests,
            per,
            cost,
            key,
        })
    }
}

/// The layout of what is stored: another number is another key.
const FORMAT: &str = "1";
const MOST: u32 = u32::MAX;
/// In milliseconds.
const TEN_YEARS: u64 = 3650 * 86_400_000;
const MAX_SLOTS: u32 = 1 << 24;
const MAX_PARTS: usize = 16;
