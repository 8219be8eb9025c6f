use crate::{
    JwtAuth, Refusal,
    challenge_error::ChallengeError,
    config::{
        provider::{Halt, Provider},
        requirement::{Demand, Tokens},
    },
    counter::Counter,
    document::{AmbiguousPaths, Optional},
    explanation,
    reply::ChallengeContext,
    request::{attempt::Attempts, search::Search},
    token::verified::Verified,
};
use http_filter::{
    Awaited, Changes, Choices, Decision, EXPLAINS, Filter, Headers, Host, Reading, WaitEnd, explain,
};
use std::{rc::Rc, time::Duration};

/// jwt-auth at one stream.
pub struct Bearer {
    config: Rc<JwtAuth>,
    waiting_since: Option<Duration>,
    attempts: Attempts,
    /// Whether it can't wait on.
    has_waited: bool,
    /// The first provider whose token is looked for: those who wait for one provider's keys are one crowd.
    provider: usize,
    /// The proof of possession that was accepted: the request may be looked at again while it waits.
    proof: Option<[u8; 16]>,
}

impl Filter for Bearer {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        self.decide(request, host)
    }

    fn on_wake(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        self.decide(request, host)
    }

    fn awaited(&self) -> Awaited {
        Awaited {
            tenant: self.provider as u32,
            patience: Some(self.config.wait),
        }
    }

    fn on_wait_end(&mut self, request: &Headers, why: WaitEnd, host: &dyn Host) -> Decision {
        match why {
            WaitEnd::TooMany => why.into_reply().into(),
            WaitEnd::TooLong => {
                self.has_waited = true;
                self.decide(request, host)
            }
        }
    }

    fn on_reply_withheld(&mut self, request: &Headers) -> Changes {
        self.config.anonymous(request)
    }
}

impl Bearer {
    pub(crate) fn new(config: Rc<JwtAuth>) -> Self {
        Self {
            config,
            waiting_since: None,
            attempts: Attempts::default(),
            has_waited: false,
            provider: 0,
            proof: None,
        }
    }

    fn decide(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let config = Rc::clone(&self.config);
        if config.allow_cors_preflight && is_preflight(request) && config.lets_somebody_pass(request) {
            explain!(host, "rule", "a CORS preflight can't carry a token: it passes");
            Counter::PreflightAllowed.count(host);
            return config.anonymous(request).into();
        }
        if EXPLAINS {
            explanation::demand(&config, request, host);
        }
        let demand = match config.demand(request) {
            Ok(demand) => demand,
            Err(refusal) => return config.refuse(&refusal, None, host),
        };
        let tokens = match demand {
            Demand::Anyone => {
                Counter::AnyoneAllowed.count(host);
                return config.anonymous(request).into();
            }
            Demand::Nobody => return config.refuse(&Refusal::Nobody, None, host),
            Demand::Tokens(tokens) => tokens,
        };
        let mut search = Search::new(request);
        match self.check(&config, tokens, &mut search, host) {
            Ok(accepted) => {
                Counter::Allowed.count(host);
                config.accept(&accepted, tokens, &mut search, host).into()
            }
            Err(Halt::Pending) => self.wait(tokens, host),
            Err(Halt::Refused(refusal)) => {
                let passes = match tokens.optional {
                    Optional::No => false,
                    Optional::Missing => refusal == Refusal::Missing,
                    Optional::EvenInvalid => refusal.status() != 400,
                };
                if passes {
                    explain!(
                        host,
                        "rule",
                        "the token is optional, so the request passes without one"
                    );
                    Counter::AnonymousAllowed.count(host);
                    let stripped = config.stripped(tokens, &mut search);
                    return config.anonymous(request).headers(stripped).into();
                }
                config.refuse(&refusal, Some(tokens), host)
            }
        }
    }

    /// Waits for keys, for as long as configured: by the host's steady time, whatever the clock does meanwhile.
    fn wait(&mut self, tokens: &Tokens, host: &dyn Host) -> Decision {
        self.waiting_since.get_or_insert_with(|| {
            Counter::Waited.count(host);
            host.now()
        });
        if self.has_waited || self.config.wait.is_zero() {
            return self.config.refuse(&Refusal::KeysUnavailable, Some(tokens), host);
        }
        self.provider = tokens.providers.first().copied().unwrap_or_default();
        Decision::Wait
    }

    fn check<'a>(
        &mut self,
        config: &'a JwtAuth,
        tokens: &Tokens,
        search: &mut Search<'a>,
        host: &dyn Host,
    ) -> Result<Vec<(usize, Rc<Verified>)>, Halt> {
        let request = search.request;
        let mut accepted = Vec::new();
        let mut token_of = |provider| {
            let verified = config.token(provider, search, &mut self.attempts, host);
            if EXPLAINS {
                explanation::token(config, provider, request, &verified, host);
            }
            verified
        };
        tokens.requirement.check(&mut token_of, &mut accepted)?;
        if EXPLAINS {
            explanation::sufficiency(tokens, &accepted, host);
        }
        tokens.suffices(&accepted)?;
        for (provider, token) in &accepted {
            if let Some(provider) = config.providers.get(*provider) {
                config.check_possession(provider, token, request, &mut self.proof, host)?;
            }
        }
        Ok(accepted)
    }
}

impl JwtAuth {
    /// What this request needs: the first rule for it decides, and where it has several readings, all of them.
    pub(crate) fn demand(&self, request: &Headers) -> Result<&Demand, Refusal> {
        let met = self.demands(request);
        let has_one_path = || request.readings(self.concerns).has_one_path();
        if met.complete && met.others.is_empty() {
            Ok(met.first)
        } else if met.complete && (self.ambiguous_paths == AmbiguousPaths::Protect || has_one_path()) {
            stricter(&met).ok_or(Refusal::AmbiguousPath)
        } else {
            Err(Refusal::AmbiguousPath)
        }
    }

    /// Whether no reading of this request is one that nobody may make.
    fn lets_somebody_pass(&self, request: &Headers) -> bool {
        let met = self.demands(request);
        met.complete && !met.iter().any(|demand| matches!(demand, Demand::Nobody))
    }

    /// What each reading of this request needs.
    pub(crate) fn demands(&self, request: &Headers) -> Choices<&Demand> {
        let mut demand_of = |reading: Reading<'_>| self.demand_of(reading, request);
        request.readings(self.concerns).choices(&mut demand_of)
    }

    /// What one reading of this request needs.
    pub(crate) fn demand_of(&self, reading: Reading<'_>, request: &Headers) -> &Demand {
        let mut rules = self.rules.iter();
        let rule = rules.find(|rule| rule.matches.matches_as(reading, request));
        rule.map_or(&self.otherwise, |rule| &rule.demand)
    }

    fn refuse(&self, refusal: &Refusal, tokens: Option<&Tokens>, host: &dyn Host) -> Decision {
        let providers = tokens.map_or(&[][..], |tokens| &tokens.providers);
        let asked = || providers.iter().filter_map(|index| self.providers.get(*index));
        let of_proofs = refusal
            .challenge_error()
            .is_some_and(ChallengeError::is_of_proofs);
        let dpop = of_proofs || asked().any(|provider| provider.dpop_required);
        let nonces = asked().find_map(|provider| provider.dpop_nonces.as_ref());
        let context = ChallengeContext {
            scopes: tokens.map_or(&[], |tokens| &tokens.scopes),
            dpop,
            nonce: nonces.filter(|_| dpop).map(|nonces| nonces.current(host.now())),
            retry_after: match refusal {
                Refusal::KeysUnavailable => self.next_attempt(asked(), host),
                // One failure more is forgiven by then.
                _ => Some(Duration::from_secs(1)),
            },
        };
        self.challenges.reply(refusal, &context).into()
    }

    /// When something is fetched next that these providers' tokens can't be judged without.
    fn next_attempt<'a>(
        &'a self,
        providers: impl Iterator<Item = &'a Provider>,
        host: &dyn Host,
    ) -> Option<Duration> {
        let now = host.now();
        let keys = providers.filter_map(|provider| provider.remote.as_ref()?.fetched.next_attempt(now));
        let list = self.deny_list.iter().filter_map(|list| list.next_attempt(now));
        keys.chain(list).min()
    }
}

/// The demand that includes all others: nobody's, or the only one that isn't open.
fn stricter<'a>(met: &Choices<&'a Demand>) -> Option<&'a Demand> {
    let mut closed = met.iter().filter(|demand| !demand.is_open());
    match (
        met.iter().find(|demand| matches!(demand, Demand::Nobody)),
        closed.next(),
    ) {
        (Some(nobody), _) => Some(*nobody),
        (None, closest) => closest.copied().filter(|_| closed.next().is_none()),
    }
}

/// A CORS preflight (Fetch §4.8): it can't carry credentials.
fn is_preflight(request: &Headers) -> bool {
    request.method() == b"OPTIONS"
        && request.contains("origin")
        && request.contains("access-control-request-method")
}
