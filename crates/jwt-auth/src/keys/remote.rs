//! Key sets and deny lists that are fetched.

use crate::{
    counter::Counter,
    keys::{key_set::KeySet, missing::MissingKeys},
    request::attempt::{KeyQuestion, Trial},
};
use http_filter::Host;
use shared_fetch::{Arrival, Body, Counters, Document, Fetched, Lookup, Rejection, Source, millis};
use std::{cell::RefCell, rc::Rc};

/// A provider's key set that is fetched.
pub(crate) struct RemoteKeys {
    pub(crate) fetched: Fetched<KeySetText>,
    /// How often a client has the set fetched again for an unknown key, on this worker, in milliseconds.
    pub(crate) interval: u64,
    missing: RefCell<MissingKeys>,
}

impl RemoteKeys {
    pub(crate) fn new(provider: &str, source: Source, interval: u64) -> Self {
        let title = ["the key set of provider ", provider].concat();
        let counters = Counters {
            changed: Counter::JwksChanged.name(),
            unchanged: Counter::JwksUnchanged.name(),
            failed: Counter::JwksFetchFailed.name(),
            conflict: Counter::JwksFetchFailed.name(),
        };
        Self {
            fetched: Fetched::new(
                "jwt-auth",
                "jwks",
                title.clone(),
                source,
                counters,
                KeySetText { title },
            ),
            interval,
            missing: RefCell::default(),
        }
    }

    /// What to do about a key id that the set lacks, as `trial.attempt.question` says: wait for another fetch (`Pending`), look
    /// again (`Ready`), or believe it (`Unavailable`).
    ///
    /// A client has the set fetched again once in `unknown_key_interval`, and fetches follow each other after a fifth of it at
    /// the earliest: so a client that names keys that never were can't keep others from having theirs found.
    pub(crate) fn look_again(&self, trial: &mut Trial<'_>) -> Lookup<KeySet> {
        let (now, host, client) = (trial.now(), trial.host, trial.client());
        let Some((name, seen)) = trial.attempt.question.lacking.clone() else {
            return Lookup::Unavailable;
        };
        let (name, who) = (name.as_bytes(), client.to_bytes());
        if self.missing.borrow().has(&who, name, seen, now, self.interval) {
            Counter::UnknownKeyRemembered.count(host);
            return Lookup::Unavailable;
        }
        self.fetched.take_up(host);
        if self.fetched.version() != seen {
            return self.fetched.lookup(host);
        }
        let on_its_way = |asked: &u64| self.fetched.checked() < *asked && *asked <= now;
        if trial.attempt.question.asked.is_none()
            && let Some(asked) = trial.budgets.borrow().refetched(client).filter(on_its_way)
        {
            // All requests of a client wait for the one fetch.
            trial.attempt.question.asked = Some(asked);
            return Lookup::Pending;
        }
        let is_asked = trial.attempt.question.asked.is_some();
        if !is_asked && !trial.budgets.borrow().may_refetch(client, now, self.interval) {
            return Lookup::Unavailable;
        }
        if self.waits(&trial.attempt.question, host) {
            return Lookup::Pending;
        }
        if is_asked {
            self.missing
                .borrow_mut()
                .add(&who, name, seen, now + self.interval);
            return Lookup::Unavailable;
        }
        trial.budgets.borrow_mut().note_refetch(client, host, now);
        trial.attempt.question.asked = Some(now);
        if self.fetched.refetch(host) {
            Counter::JwksRefetch.count(host);
        }
        Lookup::Pending
    }

    /// Whether a question for a key is to wait: for the fetch that was asked for, or until another one may be.
    pub(crate) fn waits(&self, question: &KeyQuestion, host: &dyn Host) -> bool {
        self.fetched.take_up(host);
        let is_open = |(_, seen): &(Rc<str>, u64)| *seen == self.fetched.version();
        if !question.lacking.as_ref().is_some_and(is_open) {
            return false;
        }
        match question.asked {
            Some(asked) => self.fetched.checked() < asked,
            None => self.is_just_checked(host),
        }
    }

    /// Whether the last fetch was so lately that another one must wait.
    pub(crate) fn is_just_checked(&self, host: &dyn Host) -> bool {
        let (now, checked) = (millis(host.now()), self.fetched.checked());
        now >= checked && now - checked < self.interval / 5
    }
}

/// A key set, as it's fetched.
pub(crate) struct KeySetText {
    /// What logs call it.
    title: String,
}

impl Document for KeySetText {
    type Prepared = KeySet;

    fn accept(
        &self,
        arrival: &Arrival<'_>,
        _: Option<&KeySet>,
        host: &dyn Host,
    ) -> Result<KeySet, Rejection> {
        let keys = KeySet::parse(arrival.body.bytes()).map_err(|reason| {
            Counter::JwksRejected.count(host);
            Rejection {
                counter: Counter::JwksFetchFailed.name(),
                reason,
            }
        })?;
        if keys.skipped() > 0 {
            host.count(Counter::JwksKeysSkipped.name(), keys.skipped());
            keys.tell_left_out(&self.title);
        }
        Ok(keys)
    }

    fn adopt(&self, body: &Body, _: &dyn Host) -> Option<KeySet> {
        KeySet::parse(body.bytes()).ok()
    }
}
