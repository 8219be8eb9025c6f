//! Key sets and deny lists that are fetched.

use crate::{deny::DenyList, key_set::KeySet, unknown::Unknown};
use http_filter::Host;
use shared_fetch::{Arrival, Body, Counters, Document, Fetched, Lookup, Rejection, Source, millis};
use std::{cell::RefCell, time::Duration};

/// A provider's key set that is fetched.
pub(crate) struct RemoteKeys {
    pub(crate) fetched: Fetched<KeySetText>,
    /// The least time between fetches because of unknown keys, in milliseconds.
    pub(crate) interval: u64,
    unknown: RefCell<Unknown>,
}

/// A deny list that is fetched.
pub(crate) type RemoteDenyList = Fetched<DenyListText>;

impl RemoteKeys {
    pub(crate) fn new(provider: &str, source: Source, interval: u64) -> Self {
        let title = ["the key set of provider ", provider].concat();
        let counters = Counters {
            changed: "jwks_changed",
            unchanged: "jwks_unchanged",
            failed: "jwks_fetch_failed",
            conflict: "jwks_fetch_failed",
        };
        Self {
            fetched: Fetched::new("jwt-auth", "jwks", title, source, counters, KeySetText),
            interval,
            unknown: RefCell::default(),
        }
    }

    /// What to do about the key id `name`, which the set of version `seen` lacks: wait for another fetch (`Pending`), look
    /// again (`Ready`), or believe it (`Unavailable`). One fetch for all names in `unknown_key_interval`.
    pub(crate) fn look_again(
        &self,
        name: &[u8],
        seen: u64,
        waiting_since: Option<Duration>,
        host: &dyn Host,
    ) -> Lookup<KeySet> {
        let now = millis(host.now());
        if self.unknown.borrow().has(name, seen, now, self.interval) {
            host.count("unknown_key_remembered", 1);
            return Lookup::Unavailable;
        }
        self.fetched.take_up(host);
        if self.fetched.version() != seen {
            return self.fetched.lookup(host);
        }
        let checked = self.fetched.checked();
        let checked_for_us = waiting_since.is_some_and(|since| checked >= millis(since));
        let just_checked = now >= checked && now - checked < self.interval;
        if checked_for_us || just_checked {
            let checked = checked.max(now.saturating_sub(self.interval));
            self.unknown.borrow_mut().add(name, seen, checked + self.interval);
            return Lookup::Unavailable;
        }
        if waiting_since.is_none() && self.fetched.refetch(host) {
            host.count("jwks_refetch", 1);
        }
        Lookup::Pending
    }
}

/// The deny list that `source` has.
pub(crate) fn deny_list(source: Source) -> RemoteDenyList {
    let counters = Counters {
        changed: "deny_list_changed",
        unchanged: "deny_list_unchanged",
        failed: "deny_list_fetch_failed",
        conflict: "deny_list_fetch_failed",
    };
    let title = "the deny list".to_owned();
    Fetched::new("jwt-auth", "deny_list", title, source, counters, DenyListText)
}

/// A JSON Web Key Set, as it's fetched.
pub(crate) struct KeySetText;

impl Document for KeySetText {
    type Prepared = KeySet;

    fn accept(
        &self,
        arrival: &Arrival<'_>,
        _: Option<&KeySet>,
        host: &dyn Host,
    ) -> Result<KeySet, Rejection> {
        let Some(keys) = KeySet::parse(arrival.body.bytes()) else {
            host.count("jwks_rejected", 1);
            return Err(Rejection {
                counter: "jwks_fetch_failed",
                reason: "it's no key set with a key to verify signatures".to_owned(),
            });
        };
        if keys.skipped > 0 {
            host.count("jwks_keys_skipped", keys.skipped);
        }
        Ok(keys)
    }

    fn adopt(&self, body: &Body, _: &dyn Host) -> Option<KeySet> {
        KeySet::parse(body.bytes())
    }
}

/// A deny list, as it's fetched.
pub(crate) struct DenyListText;

impl Document for DenyListText {
    type Prepared = DenyList;

    fn accept(
        &self,
        arrival: &Arrival<'_>,
        _: Option<&DenyList>,
        host: &dyn Host,
    ) -> Result<DenyList, Rejection> {
        DenyList::parse(arrival.body.bytes()).ok_or_else(|| {
            host.count("deny_list_rejected", 1);
            Rejection {
                counter: "deny_list_fetch_failed",
                reason: "it's no object of the lists jti, sub and kid".to_owned(),
            }
        })
    }

    fn adopt(&self, body: &Body, _: &dyn Host) -> Option<DenyList> {
        DenyList::parse(body.bytes())
    }
}
