//! The verified token of a provider: remembered, or verified now.

use crate::{
    JwtAuth, Refusal,
    config::{
        provider::{Halt, Provider},
        source::Found,
    },
    counter::Counter,
    possession,
    request::{
        attempt::{Attempts, Judged, Trial},
        client_budgets::Client,
        search::Search,
    },
    token::verified::Verified,
};
use http_filter::{Headers, Host};
use shared_fetch::{Lookup, millis};
use std::rc::Rc;

impl JwtAuth {
    /// The verified token of the provider of this number.
    pub(crate) fn token<'a>(
        &'a self,
        index: usize,
        search: &mut Search<'a>,
        attempts: &mut Attempts,
        host: &dyn Host,
    ) -> Result<Rc<Verified>, Halt> {
        let provider = self.providers.get(index).ok_or(Refusal::Missing)?;
        let Found { token, dpop, .. } = search.token(index, provider)?.ok_or(Refusal::Missing)?;
        if token.len() > self.max_token {
            return Err(Refusal::TooLarge.into());
        }
        let known = self.cache.borrow_mut().get(&token, index);
        let known = known.filter(|known| provider.still_trusts(known, host));
        let is_known = known.is_some();
        let verified = match known {
            Some(known) => {
                Counter::CacheHit.count(host);
                known
            }
            None => self.verified(index, provider, &token, attempts, host)?,
        };
        if let Err(refusal) = provider.check(&verified, host.now()) {
            self.cache.borrow_mut().remove(&token, index);
            return Err(refusal.into());
        }
        self.refuse_denied(&verified, host)?;
        // Under the scheme DPoP comes a token that is bound to a key, and no other (RFC 9449 §7.1, §7.2).
        if dpop != verified.confirmation("jkt").is_some() && provider.takes_schemes() {
            return Err(Refusal::Proof.into());
        }
        if !is_known {
            self.cache.borrow_mut().insert(&token, index, &verified);
        }
        Ok(verified)
    }

    /// The token, verified: once for each request and version of the keys, however often the request is looked at.
    fn verified(
        &self,
        index: usize,
        provider: &Provider,
        token: &[u8],
        attempts: &mut Attempts,
        host: &dyn Host,
    ) -> Result<Rc<Verified>, Halt> {
        let attempt = attempts.of(index).ok_or(Refusal::Missing)?;
        if let Some(judged) = &attempt.judged
            && judged.keys_version == provider.keys_version()
        {
            return judged.outcome.clone().map_err(Halt::Refused);
        }
        let mut trial = Trial {
            attempt,
            deny_list: self.deny_list.as_deref(),
            budgets: &self.budgets,
            host,
        };
        if trial.attempt.waits && provider.waits(&trial) {
            return Err(Halt::Pending);
        }
        let outcome = match provider.verify(token, &mut trial) {
            Ok(mut verified) => {
                if let Some(names) = &self.remembered_claims {
                    verified.forget_claims_but(names);
                }
                Ok(Rc::new(verified))
            }
            Err(Halt::Refused(refusal)) => Err(refusal),
            Err(Halt::Pending) => {
                attempt.waits = true;
                return Err(Halt::Pending);
            }
        };
        if !matches!(outcome, Err(Refusal::KeysUnavailable | Refusal::TooManyFailures)) {
            attempt.judged = Some(Judged {
                outcome: outcome.clone(),
                keys_version: provider.keys_version(),
            });
        }
        outcome.map_err(Halt::Refused)
    }

    fn refuse_denied(&self, token: &Verified, host: &dyn Host) -> Result<(), Halt> {
        if self.denied.has(token) {
            return Err(Refusal::Revoked.into());
        }
        let Some(list) = &self.deny_list else {
            return Ok(());
        };
        match list.lookup(host) {
            Lookup::Ready(list) if list.has(token) => Err(Refusal::Revoked.into()),
            Lookup::Ready(_) => Ok(()),
            Lookup::Pending => Err(Halt::Pending),
            Lookup::Unavailable => Err(Refusal::KeysUnavailable.into()),
        }
    }

    /// Whether whoever sent the request is whom the token is bound to. Proofs that fail count for the client and the token's
    /// key, so that nobody's proofs are refused for another one's.
    pub(crate) fn check_possession(
        &self,
        provider: &Provider,
        token: &Verified,
        request: &Headers,
        accepted: &mut Option<[u8; 16]>,
        host: &dyn Host,
    ) -> Result<(), Refusal> {
        let Some(key) = token.confirmation("jkt").and_then(serde_json::Value::as_str) else {
            return possession::check(provider, token, request, accepted, host);
        };
        let holder = || Client::of(host).with(key.as_bytes());
        if !self.budgets.borrow().is_empty() && self.budgets.borrow().is_spent(holder(), millis(host.now())) {
            return Err(Refusal::TooManyFailures);
        }
        let checked = possession::check(provider, token, request, accepted, host);
        if matches!(checked, Err(Refusal::Proof | Refusal::ProofReplayed)) {
            self.budgets
                .borrow_mut()
                .charge(holder(), host, millis(host.now()));
        }
        checked
    }
}
