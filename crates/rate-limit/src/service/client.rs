//! Asking the rate limit service, and not asking it.

use crate::{
    config::policy::Policy,
    counter::Counter,
    document::{GlobalDocument, words::OnFailure},
    quota::{
        gcra::{Refilled, nanos},
        ledger::Demand,
        set::{Seat, Set},
    },
    service::{Answer, Code, Descriptor, METHOD, Question, SERVICE, UNITS},
};
use http_filter::{Breaker, Call, CallFailure, CallResponse, ConfigError, GrpcCall, Headers, Host, update};
use std::time::Duration;

/// The service, compiled.
#[derive(Debug)]
pub(crate) struct Global {
    pub(crate) on_failure: OnFailure,
    cluster: String,
    domain: String,
    timeout: Duration,
    cache: Duration,
    send_limits: bool,
    breaker: Breaker,
}

impl Global {
    pub(crate) fn compile(document: GlobalDocument, policies: &[Policy]) -> Result<Self, ConfigError> {
        for (field, text, expected) in [
            ("cluster", &document.cluster, "a cluster's name"),
            ("domain", &document.domain, "a domain of the service"),
        ] {
            if text.is_empty() {
                return Err(ConfigError::at("global", field, "an empty text", expected));
            }
        }
        let unsayable = |policy: &&Policy| policy.is_global && policy.unit_number().is_none();
        if let Some(policy) = policies.iter().find(unsayable).filter(|_| document.send_limits) {
            let path = ["policies.", &policy.name].concat();
            let expected = "a second, minute, hour, day, week, 30d or 365d, for `global.send_limits`";
            return Err(ConfigError::at(&path, "per", "another one", expected));
        }
        Ok(Self {
            on_failure: document.on_failure,
            breaker: Breaker::new(
                document.failures,
                document.pause.duration(),
                document.timeout.duration(),
            ),
            timeout: document.timeout.duration(),
            cache: document.cache.duration(),
            cluster: document.cluster,
            domain: document.domain,
            send_limits: document.send_limits,
        })
    }

    /// The call that asks for all demands of a request at once; `None` while the service is left alone.
    pub(crate) fn question(
        &self,
        policies: &[Policy],
        demands: &[Demand],
        request: &Headers,
        host: &dyn Host,
    ) -> Option<Call> {
        if !self.breaker.admits(host.now()) {
            Counter::ServicePaused.count(host);
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
            metadata: trace_context(request),
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
                _ => Err(Counter::ServiceInvalid),
            },
            CallResponse::Grpc {
                status: DEADLINE_EXCEEDED,
                ..
            } => Err(Counter::ServiceTimeout),
            CallResponse::Grpc {
                status: UNAVAILABLE, ..
            } if late => Err(Counter::ServiceTimeout),
            CallResponse::Grpc { .. } | CallResponse::Http { .. } => Err(Counter::ServiceError),
            CallResponse::Failed(CallFailure::TooLarge) => Err(Counter::ServiceInvalid),
            CallResponse::Failed(_) => Err(Counter::ServiceUnreachable),
        };
        match answer {
            Ok(answer) => {
                self.breaker.succeeded();
                let counter = match answer.code {
                    Code::Ok => Counter::ServiceOk,
                    _ => Counter::ServiceOverLimit,
                };
                counter.count(host);
                Some(answer)
            }
            Err(counter) => {
                counter.count(host);
                self.breaker.failed(host.now());
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
        let (seat, until) = Set::parse(Some(&stored))?
            .of(demand.key.tag)
            .seat(demand.key.fingerprint, now);
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
            let set = Set::parse(stored).unwrap_or(Set::EMPTY).of(demand.key.tag);
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

/// The request's own trace, handed on to the service (W3C Trace Context §2.2, §3.3.1.5: fields of at most 512 bytes).
fn trace_context(request: &Headers) -> Vec<(String, Vec<u8>)> {
    let field = |name: &str| {
        let value = request.first(name).filter(|value| value.len() <= 512)?;
        Some((name.to_owned(), value.to_vec()))
    };
    ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(field)
        .collect()
}

/// The over-limit cache lies beside the buckets, with slots of the same kind.
fn cache_key(demand: &Demand) -> String {
    [&demand.key.set, "/over"].concat()
}

const DEADLINE_EXCEEDED: u32 = 4;
const UNAVAILABLE: u32 = 14;
/// Bytes.
const MAX_ANSWER: usize = 64 << 10;
