use crate::{
    Algorithm, Refusal,
    config::{claim_rule::ClaimRule, output::Outputs, source::Source},
    keys::{key_set::KeySet, remote::RemoteKeys},
    possession::nonce::Nonces,
    request::attempt::Trial,
    token::{
        issuer,
        jws::{Compact, KnownHeader, Parts},
        verified::{Times, Verified, is_for, millis},
    },
};
use http_filter::{Bytes, Host};
use shared_fetch::Lookup;
use std::{cell::RefCell, rc::Rc, time::Duration};

/// Who issues tokens, and what is asked of them.
pub(crate) struct Provider {
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) local: Option<Rc<KeySet>>,
    pub(crate) remote: Option<Rc<RemoteKeys>>,
    pub(crate) sources: Vec<Source>,
    pub(crate) forward: bool,
    pub(crate) leeway: i64,
    pub(crate) require_expiration: bool,
    pub(crate) max_age: Option<i64>,
    pub(crate) max_lifetime: Option<i64>,
    /// Media types accepted, lower case; the empty one stands for none.
    pub(crate) types: Vec<String>,
    pub(crate) claims: Vec<ClaimRule>,
    pub(crate) scopes: Vec<String>,
    pub(crate) outputs: Outputs,
    pub(crate) clear_route_cache: bool,
    pub(crate) dpop_required: bool,
    pub(crate) dpop_origins: Vec<String>,
    pub(crate) dpop_max_age: i64,
    pub(crate) dpop_nonces: Option<Nonces>,
    pub(crate) certificate_bound: bool,
    pub(crate) known_header: RefCell<KnownHeader>,
}

/// Why there is no verified token yet, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Keys are being fetched.
    Pending,
    /// The token is refused.
    Refused(Refusal),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Provider {
    /// Verifies a token by its keys, and checks all that doesn't change with time or with the request: what is cheap first.
    pub(crate) fn verify(&self, token: &[u8], trial: &mut Trial<'_>) -> Result<Verified, Halt> {
        let parts = Parts::of(token)?;
        let header = parts.header(&mut self.known_header.borrow_mut())?;
        if !self.algorithms.contains(&header.algorithm) {
            return Err(Refusal::Algorithm.into());
        }
        let typ = header.typ.as_deref().unwrap_or_default();
        if !self.types.is_empty() && !self.types.iter().any(|accepted| accepted == typ) {
            return Err(Refusal::Type.into());
        }
        let compact = parts.decode(header)?;
        // The signature is judged before what it signs (RFC 7519 §7.2, steps 7 and 10), but for the issuer: a token of
        // another one must not have this one's keys fetched.
        if !self.issuers.is_empty() {
            issuer::check(&compact.payload, &self.issuers)?;
        }
        if let Some(list) = trial.deny_list {
            ready(list.lookup(trial.host), Refusal::KeysUnavailable)?;
        }
        if trial.is_spent() {
            return Err(Refusal::TooManyFailures.into());
        }
        let keys_version = self.verify_signature(&compact, trial).inspect_err(|halt| {
            if matches!(halt, Halt::Refused(Refusal::KeyUnknown | Refusal::Signature)) {
                trial.charge();
            }
        })?;
        let claims = compact.claims()?;
        if !self.issuers.is_empty() {
            let issuer = claims.get("iss").and_then(serde_json::Value::as_str);
            if !self.issuers.iter().any(|accepted| issuer == Some(accepted)) {
                return Err(Refusal::Issuer.into());
            }
        }
        let times = Times::of(&claims).ok_or(Refusal::Claims)?;
        let (headers, withheld) = self.outputs.write(&claims, &compact.payload);
        let verified = Verified {
            is_for_us: self.audiences.is_empty() || is_for(&claims, &self.audiences),
            claims,
            payload: Bytes::shared(compact.payload),
            kid: compact.header.kid.clone(),
            times,
            headers,
            withheld,
            keys_version,
        };
        if !self.claims.iter().all(|rule| rule.holds(&verified.claims)) {
            return Err(Refusal::Claim.into());
        }
        if !self.scopes.iter().all(|scope| verified.has_scope(scope)) {
            return Err(Refusal::Scope.into());
        }
        Ok(verified)
    }

    /// Verifies by the keys at hand, else by fetched ones; the version of the fetched keys.
    fn verify_signature(&self, token: &Compact<'_>, trial: &mut Trial<'_>) -> Result<u64, Halt> {
        let mut outcome = Err(Refusal::KeyUnknown);
        if let Some(keys) = &self.local {
            outcome = keys.verify(token, trial.host);
        }
        let Some(remote) = &self.remote else {
            return outcome.map(|()| 0).map_err(Halt::Refused);
        };
        if outcome.is_ok() {
            return Ok(remote.fetched.version());
        }
        let keys = ready(remote.fetched.lookup(trial.host), Refusal::KeysUnavailable)?;
        let version = remote.fetched.version();
        match keys.verify(token, trial.host) {
            Err(Refusal::KeyUnknown) => {
                let kid = token.header.kid.clone().unwrap_or_default();
                trial.attempt.question.lacking = Some((kid, version));
                let keys = ready(remote.look_again(trial), Refusal::KeyUnknown)?;
                keys.verify(token, trial.host)?;
                Ok(remote.fetched.version())
            }
            outcome => outcome.map(|()| version).map_err(Halt::Refused),
        }
    }

    /// Whether a token that waited must wait on: told without looking at the token again.
    pub(crate) fn waits(&self, trial: &Trial<'_>) -> bool {
        let list = trial.deny_list.map(|list| list.lookup(trial.host));
        if matches!(list, Some(Lookup::Pending)) {
            return true;
        }
        self.remote.as_ref().is_some_and(|remote| {
            let question = &trial.attempt.question;
            match question.lacking {
                Some(_) => remote.waits(question, trial.host),
                None => matches!(remote.fetched.lookup(trial.host), Lookup::Pending),
            }
        })
    }

    /// The version of the keys that verify tokens.
    pub(crate) fn keys_version(&self) -> u64 {
        self.remote.as_ref().map_or(0, |remote| remote.fetched.version())
    }

    /// Whether a token that was verified before still is: its keys haven't changed and are still good.
    pub(crate) fn still_trusts(&self, token: &Verified, host: &dyn Host) -> bool {
        self.remote.as_ref().is_none_or(|remote| {
            let keys = &remote.fetched;
            keys.version() == token.keys_version
                && (self.local.is_some() || keys.at_hand(host.now()).is_some())
        })
    }

    /// Whether tokens come under a scheme, so that it says whether they're bound.
    pub(crate) fn takes_schemes(&self) -> bool {
        self.sources.contains(&Source::authorization())
    }

    /// Checks what passes with time: RFC 7519 §4.1.4 to §4.1.6, and the audience.
    pub(crate) fn check(&self, token: &Verified, now: Duration) -> Result<(), Refusal> {
        let (times, now) = (&token.times, millis(now));
        match times.expires {
            None if self.require_expiration => return Err(Refusal::Claim),
            Some(expires) if now >= expires.saturating_add(self.leeway) => return Err(Refusal::Expired),
            Some(expires)
                if self
                    .max_lifetime
                    .is_some_and(|most| expires.saturating_sub(now) > most.saturating_add(self.leeway)) =>
            {
                return Err(Refusal::Lifetime);
            }
            None if self.max_lifetime.is_some() => return Err(Refusal::Lifetime),
            _ => {}
        }
        let ahead = |time: Option<i64>| time.is_some_and(|time| time > now.saturating_add(self.leeway));
        if ahead(times.not_before) || ahead(times.issued) {
            return Err(Refusal::NotYetValid);
        }
        if let Some(most) = self.max_age {
            let issued = times.issued.ok_or(Refusal::Claim)?;
            if now.saturating_sub(issued) > most.saturating_add(self.leeway) {
                return Err(Refusal::Expired);
            }
        }
        if !token.is_for_us {
            return Err(Refusal::Audience);
        }
        Ok(())
    }
}

fn ready<T>(lookup: Lookup<T>, otherwise: Refusal) -> Result<Rc<T>, Halt> {
    match lookup {
        Lookup::Ready(ready) => Ok(ready),
        Lookup::Pending => Err(Halt::Pending),
        Lookup::Unavailable => Err(Halt::Refused(otherwise)),
    }
}
