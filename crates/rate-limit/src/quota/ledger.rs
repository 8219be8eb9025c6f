//! Charges in shared data: several policies, all or none.
//!
//! All buckets are read and judged first; when an enforced one refuses, nothing is charged. Then each is charged by
//! compare-and-swap. Where another worker was faster, the bucket is read and judged again, and what this changes about
//! the decision is honoured: a refusal gives back what the request has been charged so far. So no bucket ever admits
//! more than its quota; while a charge is on its way back, a bucket may look emptier than it is.

use crate::{
    config::policy::{Key, Policy},
    counter::Counter,
    quota::{
        gcra::{Refilled, Verdict, nanos},
        set::{Seat, Set},
    },
};
use http_filter::{Conflict, Host, Shared, update};
use std::time::Duration;

/// What a policy is to count for a request.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    /// The policy's number.
    pub(crate) policy: usize,
    pub(crate) key: Key,
    pub(crate) cost: u32,
}

/// What came of a request's demands.
#[derive(Clone, Debug)]
pub(crate) struct Settlement {
    pub(crate) outcome: Outcome,
    pub(crate) standings: Vec<Standing>,
    /// Those that may be settled or given back; none unless admitted.
    pub(crate) charges: Vec<Charge>,
}

/// What becomes of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Admitted,
    Refused,
    /// Other workers were faster, every time.
    Contended,
}

/// How a request stands with a policy.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The policy's number.
    pub(crate) policy: usize,
    pub(crate) enforced: bool,
    /// Whether the policy refused the request, and is enforced.
    pub(crate) refused: bool,
    /// The units left.
    pub(crate) remaining: u32,
    /// How long until a further unit is left; `None` when all are.
    pub(crate) next_unit: Option<Duration>,
    /// How long until the request would be admitted.
    pub(crate) wait: Duration,
}

/// A charge that was made, to be settled or given back.
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    /// The policy's number.
    pub(crate) policy: usize,
    /// The units charged.
    pub(crate) cost: u32,
    set: String,
    tag: u32,
    fingerprint: u32,
    seat: Seat,
    refilled: Refilled,
}

/// Charges all demands, or none. `undecided`: whether the request may still be refused, by somebody else.
pub(crate) fn charge(
    policies: &[Policy],
    demands: Vec<Demand>,
    undecided: bool,
    host: &dyn Host,
    now: u64,
) -> Settlement {
    let mut entries: Vec<Entry<'_>> = demands
        .into_iter()
        .filter_map(|demand| Some(Entry::open(policies.get(demand.policy)?, demand, host, now)))
        .collect();
    let outcome = commit(&mut entries, host, now);
    for entry in &entries {
        entry.count(outcome, host);
    }
    let charges = if outcome == Outcome::Admitted {
        let unsettled = |entry: &&Entry<'_>| undecided || entry.policy.cost.response().is_some();
        entries
            .iter()
            .filter(unsettled)
            .filter_map(Entry::charge)
            .collect()
    } else {
        let charges = entries.iter().filter_map(Entry::charge);
        charges.for_each(|charge| give_back(policies, &charge, charge.cost, host, now));
        Vec::new()
    };
    let standings = entries.iter().map(|entry| entry.standing(outcome, now)).collect();
    Settlement {
        outcome,
        standings,
        charges,
    }
}

fn commit(entries: &mut [Entry<'_>], host: &dyn Host, now: u64) -> Outcome {
    if entries.iter().any(Entry::refuses) {
        entries.iter().for_each(|entry| entry.set_right(host, now));
        return Outcome::Refused;
    }
    for entry in entries {
        let written = entry.write(host, now);
        if entry.refuses() {
            return Outcome::Refused;
        }
        if written.is_err() {
            Counter::Contended.count(host);
            if entry.demand.key.enforced {
                return Outcome::Contended;
            }
        }
    }
    Outcome::Admitted
}

/// Gives back up to `units` of a charge, as far as time hasn't.
pub(crate) fn give_back(policies: &[Policy], charge: &Charge, units: u32, host: &dyn Host, now: u64) {
    let Some(policy) = policies.get(charge.policy).filter(|_| units > 0) else {
        return;
    };
    let refund = |bucket| policy.quota.refund(bucket, charge.refilled, now, units);
    let done = update(host, &charge.set, ATTEMPTS, |stored| {
        let refunded = Set::parse(stored).and_then(|set| {
            set.of(charge.tag)
                .refunded(charge.seat, charge.fingerprint, refund, now)
        });
        ((), refunded)
    });
    if done.is_err() {
        Counter::Contended.count(host);
    }
}

/// Charges `cost` units more, whether or not there is room: the request has been served.
pub(crate) fn charge_late(policies: &[Policy], charge: &Charge, cost: u32, host: &dyn Host) {
    let Some(policy) = policies.get(charge.policy).filter(|_| cost > 0) else {
        return;
    };
    let now = nanos(host.now());
    let done = update(host, &charge.set, ATTEMPTS, |stored| {
        let set = Set::parse(stored).unwrap_or(Set::EMPTY).of(charge.tag);
        let (seat, bucket) = set.seat(charge.fingerprint, now);
        let refilled = policy.quota.charge(bucket, now, cost);
        ((), Some(set.with(seat, charge.fingerprint, refilled, now)))
    });
    if done.is_err() {
        Counter::Contended.count(host);
    }
}

/// A demand, and what its bucket says of it.
struct Entry<'a> {
    policy: &'a Policy,
    demand: Demand,
    shared: Shared,
    seat: Seat,
    bucket: Refilled,
    verdict: Verdict,
    charged: bool,
}

impl<'a> Entry<'a> {
    fn open(policy: &'a Policy, demand: Demand, host: &dyn Host, now: u64) -> Self {
        let shared = host.shared_data(&demand.key.set);
        let set = parse(&shared, host).of(demand.key.tag);
        let (seat, bucket) = set.seat(demand.key.fingerprint, now);
        let verdict = policy.quota.judge(bucket, now, demand.cost);
        Self {
            policy,
            demand,
            shared,
            seat,
            bucket,
            verdict,
            charged: false,
        }
    }

    fn refuses(&self) -> bool {
        self.demand.key.enforced && !self.verdict.admitted
    }

    /// Charges the bucket, unless it refuses by now.
    fn write(&mut self, host: &dyn Host, now: u64) -> Result<(), Conflict> {
        for _ in 0..ATTEMPTS {
            let Demand { key, cost, .. } = &self.demand;
            if !self.verdict.admitted {
                return Ok(());
            }
            let set = Set::parse(self.shared.value.as_deref())
                .unwrap_or(Set::EMPTY)
                .of(key.tag);
            let stored = || set.with(self.seat, key.fingerprint, self.verdict.refilled, now);
            if *cost == 0
                || host
                    .set_shared_data(&key.set, &stored(), self.shared.version)
                    .is_ok()
            {
                self.charged = true;
                return Ok(());
            }
            *self = Self::open(self.policy, self.demand.clone(), host, now);
        }
        Err(Conflict)
    }

    /// Empties a bucket that lies further ahead than charges can bring it, and than workers' clocks differ: the clock was set
    /// back. Refusals change no bucket otherwise, and this one would look just as empty until the clock has caught up. Whoever is
    /// faster does it as well.
    fn set_right(&self, host: &dyn Host, now: u64) {
        // Most buckets tell without a division.
        if self.bucket.nanos <= now.saturating_add(SET_BACK) {
            return;
        }
        let empty = self.policy.quota.charge(self.bucket, now, 0);
        if self.bucket.nanos <= empty.nanos.saturating_add(SET_BACK) {
            return;
        }
        let Demand { key, .. } = &self.demand;
        let set = Set::parse(self.shared.value.as_deref())
            .unwrap_or(Set::EMPTY)
            .of(key.tag);
        let stored = set.with(self.seat, key.fingerprint, empty, now);
        let _ = host.set_shared_data(&key.set, &stored, self.shared.version);
    }

    fn charge(&self) -> Option<Charge> {
        self.charged.then(|| Charge {
            policy: self.demand.policy,
            cost: self.demand.cost,
            set: self.demand.key.set.clone(),
            tag: self.demand.key.tag,
            fingerprint: self.demand.key.fingerprint,
            seat: self.seat,
            refilled: self.verdict.refilled,
        })
    }

    fn standing(&self, outcome: Outcome, now: u64) -> Standing {
        let told = match outcome {
            Outcome::Admitted => self.verdict,
            // Nothing was charged after all.
            _ => self.policy.quota.judge(self.bucket, now, 0),
        };
        Standing {
            policy: self.demand.policy,
            enforced: self.demand.key.enforced,
            refused: self.refuses(),
            remaining: told.remaining,
            next_unit: told.next_unit,
            wait: self.verdict.wait,
        }
    }

    fn count(&self, outcome: Outcome, host: &dyn Host) {
        let counters = &self.policy.counters;
        if self.seat == Seat::Overflow {
            host.count(&counters.overflow, 1);
        }
        match (self.verdict.admitted, self.demand.key.enforced) {
            (false, true) => host.count(&counters.refused, 1),
            (false, false) => host.count(&counters.shadowed, 1),
            (true, _) if outcome == Outcome::Admitted => host.count(&counters.admitted, 1),
            (true, _) => {}
        }
    }
}

/// What is stored. What this filter can't have written counts as nothing.
fn parse<'a>(shared: &'a Shared, host: &dyn Host) -> Set<'a> {
    Set::parse(shared.value.as_deref()).unwrap_or_else(|| {
        Counter::StoredInvalid.count(host);
        Set::EMPTY
    })
}

/// Each failed attempt means that another worker succeeded. So many in a row mean that something is wrong.
const ATTEMPTS: u32 = 256;

/// Nanoseconds: a clock that is set back by more is told from a worker that read it earlier than another one, which charges exactly.
const SET_BACK: u64 = 60_000_000_000;
