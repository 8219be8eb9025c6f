use crate::{
    config::RateLimit,
    document::When,
    fields::{self, Left, Told},
    ledger::{Charge, Demand, Standing},
    policy::Policy,
    service::{Answer, Code, Status},
};
use http_filter::Host;
use std::time::Duration;

/// What is known of a request's quotas: what the response tells.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) standings: Vec<Standing>,
    pub(crate) charges: Vec<Charge>,
    /// The service's word on each demand, by the policy's number.
    statuses: Vec<(usize, bool, Status)>,
    pub(crate) answer: Option<Answer>,
}

impl Account {
    /// Takes the service's word on a demand.
    pub(crate) fn note(&mut self, policies: &[Policy], demand: &Demand, status: Status, host: &dyn Host) {
        if let Some(policy) = policies.get(demand.policy) {
            let counters = &policy.counters;
            host.count(
                match (status.code, demand.key.enforced) {
                    (Code::OverLimit, true) => &counters.refused,
                    (Code::OverLimit, false) => &counters.shadowed,
                    _ => &counters.admitted,
                },
                1,
            );
        }
        let refused = status.code == Code::OverLimit && demand.key.enforced;
        self.statuses.push((demand.policy, refused, status));
    }

    /// Whether the service refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.statuses.iter().any(|(_, refused, _)| *refused)
    }

    /// Whether some quota has nothing left.
    pub(crate) fn is_spent(&self) -> bool {
        self.standings.iter().any(|standing| standing.remaining == 0)
            || self
                .statuses
                .iter()
                .any(|(_, _, status)| status.limit.is_some() && status.remaining == 0)
    }

    /// The names of the policies that refused.
    pub(crate) fn violated<'a>(&'a self, config: &'a RateLimit) -> impl Iterator<Item = &'a str> {
        let local = self
            .standings
            .iter()
            .filter(|standing| standing.refused)
            .map(|standing| standing.policy);
        let global = self
            .statuses
            .iter()
            .filter(|(_, refused, _)| *refused)
            .map(|(policy, ..)| *policy);
        local
            .chain(global)
            .filter_map(|number| config.policies.get(number))
            .map(|policy| policy.name.as_str())
    }

    /// How long until the request would be admitted; `None` where the service doesn't say.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let local = self
            .standings
            .iter()
            .filter(|standing| standing.refused)
            .map(|standing| standing.wait);
        let global = self
            .statuses
            .iter()
            .filter(|(_, refused, _)| *refused)
            .filter_map(|(_, _, status)| status.reset);
        local.chain(global).max()
    }

    /// The fields that tell of quotas, those whose time it is.
    pub(crate) fn fields(
        &self,
        config: &RateLimit,
        now: impl Fn(When) -> bool,
    ) -> Vec<(&'static str, String)> {
        let headers = &config.telling;
        let mut fields = Vec::new();
        if !now(headers.ratelimit) && !now(headers.x_ratelimit) {
            return fields;
        }
        let told = self.told(config);
        if told.is_empty() {
            return fields;
        }
        if now(headers.ratelimit) {
            fields.push((
                "ratelimit-policy",
                fields::ratelimit_policy(told.iter().map(|(policy, _)| policy)),
            ));
            fields.push((
                "ratelimit",
                fields::ratelimit(
                    told.iter()
                        .map(|(policy, left)| (policy.name.as_str(), left.clone())),
                ),
            ));
        }
        if now(headers.x_ratelimit) {
            fields.extend(fields::x_ratelimit(&told).into_iter().flatten());
        }
        fields
    }

    /// The policies that may refuse, with what is left of each. Of the service's limits, those it tells.
    fn told(&self, config: &RateLimit) -> Vec<(Told, Left)> {
        let policy = |number: usize| config.policies.get(number).filter(|policy| policy.can_refuse());
        let local = self.standings.iter().filter_map(|standing| {
            let left = Left {
                remaining: standing.remaining,
                reset: standing.next_unit,
            };
            Some((policy(standing.policy)?.told(), left))
        });
        let global = self.statuses.iter().filter_map(|(number, _, status)| {
            let policy = policy(*number)?;
            let limit = status.limit?;
            let told = Told {
                quota: limit.requests,
                window: if limit.per.is_zero() {
                    policy.per
                } else {
                    limit.per
                },
                ..policy.told()
            };
            Some((
                told,
                Left {
                    remaining: status.remaining,
                    reset: status.reset,
                },
            ))
        });
        local.chain(global).collect()
    }
}

impl Policy {
    fn told(&self) -> Told {
        Told {
            name: self.name.clone(),
            quota: self.quota.burst(),
            unit: self.unit,
            window: self.quota.refill(),
        }
    }
}
