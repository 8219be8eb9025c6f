use crate::{
    remote_address::{Address, millis},
    remote_meta::Meta,
    unknown::Unknown,
};
use http_fields::hex;
use http_filter::{Host, update};
use sha2::{Digest, Sha256};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// A document that is fetched from a cluster, once per process: a key set, a deny list.
///
/// One worker at a time holds the lease and fetches; the body and a [`Meta`] beside it are shared, and every worker
/// prepares its own copy of what's in it. Keys of shared data: three per address.
pub(crate) struct Remote<T> {
    /// The first word of its counters.
    pub(crate) kind: &'static str,
    pub(crate) address: Address,
    pub(crate) parse: fn(&[u8]) -> Option<Parsed<T>>,
    pub(crate) key: String,
    pub(crate) state: RefCell<State<T>>,
}

/// What was made of a body, and how many of its members are left out since they are of no use.
pub(crate) struct Parsed<T> {
    pub(crate) document: T,
    pub(crate) skipped: u64,
}

pub(crate) struct State<T> {
    pub(crate) meta: Meta,
    /// What was made of the body, and of which version.
    parsed: Option<(u64, Rc<T>)>,
    /// What was asked for in vain.
    unknown: Unknown,
}

/// What a request gets.
pub(crate) enum Lookup<T> {
    /// The document.
    Ready(Rc<T>),
    /// It's being fetched.
    Pending,
    /// It can't be had.
    Unavailable,
}

impl<T> Remote<T> {
    pub(crate) fn new(kind: &'static str, address: Address, parse: fn(&[u8]) -> Option<Parsed<T>>) -> Self {
        let name = Sha256::new()
            .chain_update(&address.cluster)
            .chain_update([0])
            .chain_update(&address.authority)
            .chain_update(&address.path)
            .finalize();
        let name = hex::encode(name.get(..8).unwrap_or_default());
        Self {
            kind,
            address,
            parse,
            key: ["jwt-auth/", kind, "/", &name].concat(),
            state: RefCell::new(State {
                meta: Meta::default(),
                parsed: None,
                unknown: Unknown::default(),
            }),
        }
    }

    /// The version of the document in use; changes when it does.
    pub(crate) fn version(&self) -> u64 {
        self.state
            .borrow()
            .parsed
            .as_ref()
            .map_or(0, |(version, _)| *version)
    }

    /// The document, if this worker has it and it's still good: without a host call.
    pub(crate) fn at_hand(&self, now: u64) -> Option<Rc<T>> {
        let state = self.state.borrow();
        let usable = state.meta.is_usable(now, self.address.stale);
        state
            .parsed
            .as_ref()
            .filter(|_| usable)
            .map(|(_, parsed)| Rc::clone(parsed))
    }

    /// The document, or whether to wait for it.
    pub(crate) fn lookup(&self, host: &dyn Host) -> Lookup<T> {
        let now = millis(host.now());
        if let Some(parsed) = self.at_hand(now) {
            return Lookup::Ready(parsed);
        }
        self.synchronise(host);
        match self.at_hand(now) {
            Some(parsed) => Lookup::Ready(parsed),
            // Clusters may need a moment at start; after that, nobody waits for what keeps failing.
            None if self.state.borrow().meta.failures < PATIENCE => Lookup::Pending,
            None => Lookup::Unavailable,
        }
    }

    /// How long until the next attempt to fetch it, where it can't be had at `now`; nothing while one is being made.
    pub(crate) fn next_attempt(&self, now: u64) -> Option<Duration> {
        let next = || Duration::from_millis(self.state.borrow().meta.due().saturating_sub(now));
        self.at_hand(now).is_none().then(next)
    }

    /// What to do about `name`, which the document lacks: wait for another fetch (`Pending`), look again (`Ready`), or
    /// believe it (`Unavailable`). One fetch for all names in `unknown_key_interval`.
    pub(crate) fn look_again(
        &self,
        name: &[u8],
        seen: u64,
        waiting_since: Option<Duration>,
        host: &dyn Host,
    ) -> Lookup<T> {
        let now = millis(host.now());
        if self.state.borrow().unknown.has(name, now, self.address.interval) {
            host.count("unknown_key_remembered", 1);
            return Lookup::Unavailable;
        }
        self.synchronise(host);
        if self.version() != seen {
            return self.lookup(host);
        }
        let meta = self.state.borrow().meta;
        let checked_for_us = waiting_since.is_some_and(|since| meta.checked >= millis(since));
        let just_checked = now >= meta.checked && now - meta.checked < self.address.interval;
        if checked_for_us || just_checked {
            let checked = meta.checked.max(now.saturating_sub(self.address.interval));
            self.state
                .borrow_mut()
                .unknown
                .add(name, checked + self.address.interval);
            return Lookup::Unavailable;
        }
        if waiting_since.is_none() && !meta.is_wanted() {
            host.count(&[self.kind, "_refetch"].concat(), 1);
            self.change(host, |meta| meta.wanted = now);
        }
        Lookup::Pending
    }

    /// Takes over what other workers fetched.
    pub(crate) fn synchronise(&self, host: &dyn Host) {
        let meta = Meta::read(host.shared_data(&self.key_of(META)).value.as_deref());
        self.take(meta, host);
    }

    fn take(&self, meta: Meta, host: &dyn Host) {
        self.state.borrow_mut().meta = meta;
        if meta.version != 0 && meta.version != self.version() {
            let body = host.shared_data(&self.key).value.unwrap_or_default();
            if let Some(parsed) = (self.parse)(&body) {
                self.install(meta.version, parsed.document);
            }
        }
    }

    pub(crate) fn install(&self, version: u64, parsed: T) {
        let mut state = self.state.borrow_mut();
        state.parsed = Some((version, Rc::new(parsed)));
        state.unknown = Unknown::default();
    }

    /// Changes what all workers know; what it became.
    pub(crate) fn change(&self, host: &dyn Host, change: impl Fn(&mut Meta)) -> Meta {
        let changed = update(host, &self.key_of(META), ATTEMPTS, |bytes| {
            let mut meta = Meta::read(bytes);
            change(&mut meta);
            (meta, Some(meta.bytes()))
        });
        changed.unwrap_or_else(|_| self.state.borrow().meta)
    }

    pub(crate) fn key_of(&self, part: &str) -> String {
        [&self.key, part].concat()
    }
}

const META: &str = "/meta";
/// Failures in a row after which requests no longer wait.
const PATIENCE: u64 = 4;
pub(crate) const ATTEMPTS: u32 = 8;
