use crate::{
    account::Account,
    config::RateLimit,
    counter::Counter,
    document::words::{OnFailure, When},
    explanation,
    quota::{
        gcra::nanos,
        ledger,
        ledger::{Demand, Outcome, Settlement},
    },
    reply,
    service::{Code, Status},
};
use http_filter::{
    CallResponse, Changes, Decision, EXPLAINS, Filter, HeaderEdit, HeaderMutation, Headers, Host,
    ResponsePlan, explain,
};
use std::{rc::Rc, time::Duration};

/// Limits one request.
#[derive(Debug)]
pub struct Limiter {
    config: Rc<RateLimit>,
    account: Account,
    /// What the service is asked about.
    asked: Vec<Demand>,
    /// When, since the Unix epoch.
    asked_at: Duration,
}

impl Limiter {
    pub(crate) fn new(config: Rc<RateLimit>) -> Self {
        Self {
            config,
            account: Account::default(),
            asked: Vec::new(),
            asked_at: Duration::ZERO,
        }
    }

    /// Charges buckets of this process; what becomes of the request if that ends it.
    fn charge(&mut self, demands: Vec<Demand>, host: &dyn Host, now: u64) -> Option<Decision> {
        let Settlement {
            outcome,
            standings,
            charges,
        } = ledger::charge(
            &self.config.policies,
            demands,
            self.config.global.is_some(),
            host,
            now,
        );
        if EXPLAINS {
            explanation::standings(&self.config, &standings, host);
        }
        self.account.add(standings, charges);
        match outcome {
            Outcome::Admitted => None,
            Outcome::Refused => Some(self.refuse(host, now)),
            Outcome::Contended => {
                self.give_back(host, now);
                Some(reply::unavailable(&self.config, Counter::Contended, host).into())
            }
        }
    }

    fn refuse(&mut self, host: &dyn Host, now: u64) -> Decision {
        self.give_back(host, now);
        let account = std::mem::take(&mut self.account);
        reply::over_limit(&self.config, &account, account.answer.as_ref(), host).into()
    }

    /// The request isn't served, so it costs nothing.
    fn give_back(&mut self, host: &dyn Host, now: u64) {
        for charge in self.account.charges.drain(..) {
            ledger::give_back(&self.config.policies, &charge, charge.cost, host, now);
        }
    }

    /// Asks the service about demands, unless it's known what it would say.
    fn ask(&mut self, demands: Vec<Demand>, request: &Headers, host: &dyn Host, now: u64) -> Decision {
        let config = Rc::clone(&self.config);
        let Some(global) = &config.global else {
            return Decision::default();
        };
        for demand in demands {
            let Some(reset) = global.known_over_limit(&demand, host, now) else {
                self.asked.push(demand);
                continue;
            };
            Counter::ServiceCached.count(host);
            let status = Status {
                code: Code::OverLimit,
                reset: Some(reset),
                ..Status::default()
            };
            self.account.note(&config.policies, &demand, status, host);
        }
        if self.account.is_refused() {
            return self.refuse(host, now);
        }
        if self.asked.is_empty() {
            return Decision::default();
        }
        match global.question(&config.policies, &self.asked, request, host) {
            Some(call) => {
                self.asked_at = host.now();
                Decision::Call(call)
            }
            None => self.fall_back(global.on_failure, host),
        }
    }

    /// What the service would have decided, without it.
    fn fall_back(&mut self, on_failure: OnFailure, host: &dyn Host) -> Decision {
        let (demands, now) = (std::mem::take(&mut self.asked), nanos(host.now()));
        match on_failure {
            OnFailure::Local => {
                explain!(
                    host,
                    "service",
                    "the service has no answer: limits are this process's own"
                );
                Counter::FallbackLocal.count(host);
                self.charge(demands, host, now).unwrap_or_default()
            }
            OnFailure::Allow => {
                Counter::FallbackAllow.count(host);
                Decision::default()
            }
            OnFailure::Deny if demands.iter().any(|demand| demand.key.enforced) => {
                Counter::FallbackDeny.count(host);
                self.give_back(host, now);
                reply::unavailable(&self.config, Counter::ServiceUnavailable, host).into()
            }
            OnFailure::Deny => Decision::default(),
        }
    }
}

impl Filter for Limiter {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let config = Rc::clone(&self.config);
        if EXPLAINS {
            explanation::rule(&config, request, host);
        }
        let Some(numbers) = config.policies_for(request) else {
            Counter::Unmatched.count(host);
            return Decision::default();
        };
        if numbers.is_empty() {
            return Decision::default();
        }
        let (local, global) = match config.demands(&numbers, request, host) {
            Ok(demands) => demands,
            Err(reply) => return reply.into(),
        };
        let now = nanos(host.now());
        match self.charge(local, host, now) {
            Some(decision) => decision,
            None => self.ask(global, request, host, now),
        }
    }

    fn on_call_response(&mut self, _: &Headers, response: CallResponse, host: &dyn Host) -> Decision {
        let config = Rc::clone(&self.config);
        let Some(global) = &config.global else {
            return Decision::default();
        };
        let waited = host.now().saturating_sub(self.asked_at);
        let Some(answer) = global.answer(response, waited, host) else {
            return self.fall_back(global.on_failure, host);
        };
        let now = nanos(host.now());
        let asked = std::mem::take(&mut self.asked);
        for (index, demand) in asked.iter().enumerate() {
            let status = match answer.statuses.get(index) {
                _ if asked.len() == 1 => answer.only_status(),
                Some(status) => *status,
                // A service that sends no statuses speaks of all descriptors at once.
                None => Status {
                    code: answer.code,
                    ..Status::default()
                },
            };
            if let Some(reset) = status
                .reset
                .filter(|_| status.code == Code::OverLimit && status.remaining == 0)
            {
                global.remember(demand, reset, host, now);
            }
            self.account.note(&config.policies, demand, status, host);
        }
        let mut changes = Changes::default();
        for (name, value) in &answer.request_headers {
            changes.headers = changes.headers.set(name.clone(), value.clone());
        }
        self.account.answer = Some(answer);
        if self.account.is_refused() {
            return self.refuse(host, now);
        }
        changes.into()
    }

    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        let config = &self.config;
        for charge in self.account.charges.drain(..) {
            let policy = config.policies.get(charge.policy);
            let Some(cost) = policy.and_then(|policy| policy.cost.response()) else {
                continue;
            };
            match cost.of(response) {
                cost if cost > charge.cost => {
                    ledger::charge_late(&config.policies, &charge, cost - charge.cost, host)
                }
                cost => ledger::give_back(
                    &config.policies,
                    &charge,
                    charge.cost - cost,
                    host,
                    nanos(host.now()),
                ),
            }
        }
        let account = std::mem::take(&mut self.account);
        // A client that reads "none left" beside a redirection may wait before it follows (IETF draft §6). The response is
        // looked at only where that matters: looking is what costs.
        let redirected = account.is_spent() && response.status().is_some_and(|status| status / 100 == 3);
        let mut headers = HeaderMutation::default();
        if !redirected {
            account.fields(
                config,
                |when| when == When::Always,
                |name, value| {
                    // Lists may go over several lines; a second X-RateLimit field has no meaning.
                    headers.push(if name.starts_with("x-") {
                        HeaderEdit::Set(name.into(), value.into())
                    } else {
                        HeaderEdit::Append(name.into(), value.into())
                    });
                },
            );
        }
        for (name, value) in account
            .answer
            .into_iter()
            .flat_map(|answer| answer.response_headers)
        {
            headers = if name.starts_with("x-ratelimit") {
                headers.set(name, value)
            } else {
                headers.append(name, value)
            };
        }
        ResponsePlan::headers(headers)
    }
}
