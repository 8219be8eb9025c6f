//! Asking the rate limit service, and not asking it.

use crate::{
    document::OnFailure,
    gcra::{Refilled, nanos},
    ledger::Demand,
    members::{Members, Mistake},
    policy::Policy,
    service::{Answer, Code, Descriptor, METHOD, Question, SERVICE, UNITS},
    set::{Seat, Set},
};
use http_filter::{Call, CallFailure, CallResponse, GrpcCall, Host, update};
use serde_json::Value;
use std::{cell::Cell, time::Duration};

/// The service, compiled.
#[derive(Debug)]
pub(crate) struct Global {
    pub(crate) on_failure: OnFailure,
    cluster: String,
    domain: String,
    timeout: Duration,
    cache: Duration,
    send_limits: bool,
    failures: u32,
    pause: Duration,
    /// Failures in a row, on this worker.
    failed: Cell<u32>,
    paused_until: Cell<Duration>,
}

impl Global {
    pub(crate) fn parse(value: Value, policies: &[Policy], mistake: &Mistake) -> Self {
        let mut members = Members::new(value, "global", &KNOWN, mistake);
        let mut name = |field: &str, expected: &str| {
            let text = members.text(field).unwrap_or_default();
            if text.is_empty() {
                members.note(field, "nothing", expected);
            }
            text
        };
        let cluster = name("cluster", "a cluster's name");
        let domain = name("domain", "a domain of the service");
        let send_limits = members.flag("send_limits", false);
        let unsayable = |policy: &&Policy| policy.is_global && policy.unit_number().is_none();
        if let Some(policy) = policies.iter().find(unsayable).filter(|_| send_limits) {
            let path = ["policies.", &policy.name, ".per"].concat();
            mistake.note(
                &path,
                "another one",
                "a second, minute, hour, day, week, 30d or 365d, for `global.send_limits`",
            );
        }
        let failures = [
            ("local", OnFailure::Local),
            ("allow", OnFailure::Allow),
            ("deny", OnFailure::Deny),
        ];
        let millis = Duration::from_millis;
        Self {
            on_failure: members.choice("on_failure", OnFailure::Local, &failures),
            timeout: members.span("timeout", millis(1)..=millis(10_000), millis(20), "1ms to 10s"),
            cache: members.span("cache", Duration::ZERO..=YEAR, millis(3_600_000), "0 to 1y"),
            failures: members.number("failures", 0..=u32::MAX, 5),
            pause: members.span("pause", millis(1)..=millis(3_600_000), millis(1_000), "1ms to 1h"),
            failed: Cell::new(0),
            paused_until: Cell::new(Duration::ZERO),
            cluster,
            domain,
            send_limits,
        }
    }

    /// The call that asks for all demands at once; `None` while the service is left alone.
    pub(crate) fn question(&self, policies: &[Policy], demands: &[Demand], host: &dyn Host) -> Option<Call> {
        // A clock that was set back ends the pause.
        let until = self.paused_until.get();
        let now = host.now();
        if now < until && until <= now.saturating_add(self.pause) {
            host.count("service_paused", 1);
            return None;
        }
        let descriptor = |demand: &'_ Demand| Descriptor {
            entries: &[],
            hits: demand.cost,
            limit: policies
                .get(demand.policy)
                .filter(|_| self.send_limits)
                .and_then(|policy| Some((policy.requests, policy.unit_number()?))),
        };
        let descriptors = demands
            .iter()
            .map(|demand| Descriptor {
                entries: &demand.key.entries,
                ..descriptor(demand)
            })
            .collect();
        Some(Call::Grpc(GrpcCall {
            cluster: self.cluster.clone(),
            service: SERVICE.into(),
            method: METHOD.into(),
            metadata: Vec::new(),
            message: Question {
                domain: &self.domain,
                descriptors,
            }
            .encode(),
            timeout: self.timeout,
            max_response: MAX_ANSWER,
        }))
    }

    /// The service's word after a request has waited so long, or `None` where it gave none that can be used. Counted
    /// either way.
    pub(crate) fn answer(&self, response: CallResponse, waited: Duration, host: &dyn Host) -> Option<Answer> {
        // Envoy ends a call in time with UNAVAILABLE, as it does when the connection is refused: that's at once, though.
        // Its timers count from before the filter asked, so the whole time isn't always seen to pass.
        let late = waited >= self.timeout / 2;
        let answer = match response {
            CallResponse::Grpc { status: 0, message } => match Answer::parse(&message) {
                Ok(answer) if answer.code != Code::Unknown => Ok(answer),
                _ => Err("service_invalid"),
            },
            CallResponse::Grpc {
                status: DEADLINE_EXCEEDED,
                ..
            } => Err("service_timeout"),
            CallResponse::Grpc {
                status: UNAVAILABLE, ..
            } if late => Err("service_timeout"),
            CallResponse::Grpc { .. } | CallResponse::Http { .. } => Err("service_error"),
            CallResponse::Failed(CallFailure::TooLarge) => Err("service_invalid"),
            CallResponse::Failed(_) => Err("service_unreachable"),
        };
        match answer {
            Ok(answer) => {
                self.failed.set(0);
                host.count(
                    if answer.code == Code::Ok {
                        "service_ok"
                    } else {
                        "service_over_limit"
                    },
                    1,
                );
                Some(answer)
            }
            Err(counter) => {
                host.count(counter, 1);
                self.failed.set(self.failed.get().saturating_add(1));
                if self.failures > 0 && self.failed.get() >= self.failures {
                    self.paused_until.set(host.now().saturating_add(self.pause));
                }
                None
            }
        }
    }

    /// How long the service's word holds that the demand's key is over its limit.
    pub(crate) fn known_over_limit(&self, demand: &Demand, host: &dyn Host, now: u64) -> Option<Duration> {
        if self.cache.is_zero() {
            return None;
        }
        let stored = host.shared_data(&cache_key(demand)).value?;
        let (seat, until) = Set::parse(Some(&stored))?.seat(demand.key.fingerprint, now);
        let left = Duration::from_nanos(until.nanos.saturating_sub(now));
        // Further in the future than ever stored: the clock was set back.
        (seat == Seat::Own && left <= self.cache).then_some(left)
    }

    /// Remembers that the demand's key is over its limit for so long. Where every slot is taken, it isn't remembered,
    /// and the service is asked again.
    pub(crate) fn remember(&self, demand: &Demand, reset: Duration, host: &dyn Host, now: u64) {
        let until = Refilled {
            nanos: now.saturating_add(nanos(reset.min(self.cache))),
            parts: 0,
        };
        let fingerprint = demand.key.fingerprint;
        // A lost race costs one more question.
        let _ = update(host, &cache_key(demand), 4, |stored| {
            let set = Set::parse(stored).unwrap_or(Set::EMPTY);
            let (seat, known) = set.seat(fingerprint, now);
            let room = seat != Seat::Overflow && (seat == Seat::Free || known < until) && until.is_after(now);
            ((), room.then(|| set.with(seat, fingerprint, until, now)))
        });
    }
}

impl Policy {
    /// The number of the time unit that the policy's quota is per.
    fn unit_number(&self) -> Option<u8> {
        let unit = UNITS
            .iter()
            .find(|(_, seconds)| Duration::from_secs(*seconds) == self.per);
        unit.map(|(number, _)| *number)
    }
}

/// The over-limit cache lies beside the buckets, with slots of the same kind.
fn cache_key(demand: &Demand) -> String {
    [&demand.key.set, "/over"].concat()
}

const DEADLINE_EXCEEDED: u32 = 4;
const UNAVAILABLE: u32 = 14;
const YEAR: Duration = Duration::from_secs(365 * 86_400);
/// Bytes.
const MAX_ANSWER: usize = 64 << 10;
const KNOWN: [&str; 8] = [
    "cluster",
    "domain",
    "timeout",
    "on_failure",
    "cache",
    "send_limits",
    "failures",
    "pause",
];
