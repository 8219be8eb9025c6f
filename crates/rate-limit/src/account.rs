use crate::{
    config::{RateLimit, policy::Policy},
    document::words::When,
    fields,
    fields::{Left, Told},
    quota::ledger::{Charge, Demand, Standing},
    service::{Answer, Code, Status},
};
use http_filter::Host;
use std::{borrow::Cow, time::Duration};

/// What is known of a request's quotas: what the response tells.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) standings: Vec<Standing>,
    pub(crate) charges: Vec<Charge>,
    /// The service's word on each demand.
    verdicts: Vec<ServiceVerdict>,
    pub(crate) answer: Option<Answer>,
}

/// The service's word on a demand.
#[derive(Debug)]
struct ServiceVerdict {
    /// The policy's number.
    policy: usize,
    enforced: bool,
    status: Status,
}

impl ServiceVerdict {
    fn refuses(&self) -> bool {
        self.enforced && self.status.code == Code::OverLimit
    }
}

impl Account {
    /// Takes what a settlement has come to.
    pub(crate) fn add(&mut self, standings: Vec<Standing>, charges: Vec<Charge>) {
        if self.standings.is_empty() && self.charges.is_empty() {
            (self.standings, self.charges) = (standings, charges);
        } else {
            self.standings.extend(standings);
            self.charges.extend(charges);
        }
    }

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
        self.verdicts.push(ServiceVerdict {
            policy: demand.policy,
            enforced: demand.key.enforced,
            status,
        });
    }

    /// Whether the service refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.verdicts.iter().any(ServiceVerdict::refuses)
    }

    /// Whether some quota has nothing left.
    pub(crate) fn is_spent(&self) -> bool {
        self.standings.iter().any(|standing| standing.remaining == 0)
            || self
                .verdicts
                .iter()
                .any(|verdict| verdict.status.limit.is_some() && verdict.status.remaining == 0)
    }

    /// The names of the policies that refused.
    pub(crate) fn violated<'a>(&'a self, config: &'a RateLimit) -> impl Iterator<Item = &'a str> {
        let local = self
            .standings
            .iter()
            .filter(|standing| standing.refused)
            .map(|standing| standing.policy);
        let global = self
            .verdicts
            .iter()
            .filter(|verdict| verdict.refuses())
            .map(|verdict| verdict.policy);
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
            .verdicts
            .iter()
            .filter(|verdict| verdict.refuses())
            .filter_map(|verdict| verdict.status.reset);
        local.chain(global).max()
    }

    /// Hands over the fields that tell of quotas, those whose time it is.
    pub(crate) fn fields(
        &self,
        config: &RateLimit,
        now: impl Fn(When) -> bool,
        mut take: impl FnMut(&'static str, String),
    ) {
        let headers = &config.responses;
        if !now(headers.ratelimit) && !now(headers.x_ratelimit) {
            return;
        }
        let told = self.told(config);
        if told.is_empty() {
            return;
        }
        if now(headers.ratelimit) {
            take("ratelimit-policy", fields::ratelimit_policy(&told));
            take("ratelimit", fields::ratelimit(&told));
        }
        if now(headers.x_ratelimit) {
            for (name, value) in fields::x_ratelimit(&told).into_iter().flatten() {
                take(name, value);
            }
        }
    }

    /// The policies that are enforced, with what is left of each. Of the service's limits, those it tells.
    fn told<'a>(&self, config: &'a RateLimit) -> Vec<(Cow<'a, Told>, Left)> {
        let local = self
            .standings
            .iter()
            .filter(|standing| standing.enforced)
            .filter_map(|standing| {
                let left = Left {
                    remaining: standing.remaining,
                    reset: standing.next_unit,
                };
                Some((Cow::Borrowed(&config.policies.get(standing.policy)?.told), left))
            });
        let global = self
            .verdicts
            .iter()
            .filter(|verdict| verdict.enforced)
            .filter_map(|verdict| {
                let policy = config.policies.get(verdict.policy)?;
                let limit = verdict.status.limit?;
                let window = if limit.per.is_zero() {
                    policy.per
                } else {
                    limit.per
                };
                let told = Told::new(&policy.name, limit.requests, policy.unit, window);
                let left = Left {
                    remaining: verdict.status.remaining,
                    reset: verdict.status.reset,
                };
                Some((Cow::Owned(told), left))
            });
        local.chain(global).collect()
    }
}
