use crate::{
    freshness,
    remote_address::{Address, millis},
    remote_meta::Meta,
    unknown::Unknown,
};
use http_filter::{Call, CallResponse, Headers, Host, HttpCall, release_lease, take_lease, update};
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
    parse: fn(&[u8]) -> Option<T>,
    key: String,
    state: RefCell<State<T>>,
}

struct State<T> {
    meta: Meta,
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
    pub(crate) fn new(kind: &'static str, address: Address, parse: fn(&[u8]) -> Option<T>) -> Self {
        let name = Sha256::new()
            .chain_update(&address.cluster)
            .chain_update([0])
            .chain_update(&address.authority)
            .chain_update(&address.path)
            .finalize();
        let name: String = name
            .iter()
            .take(8)
            .flat_map(|byte| [hex(byte >> 4), hex(byte & 15)])
            .collect();
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
    fn synchronise(&self, host: &dyn Host) {
        let meta = Meta::read(host.shared_data(&self.key_of(META)).value.as_deref());
        self.take(meta, host);
    }

    fn take(&self, meta: Meta, host: &dyn Host) {
        self.state.borrow_mut().meta = meta;
        if meta.version != 0 && meta.version != self.version() {
            let body = host.shared_data(&self.key).value.unwrap_or_default();
            if let Some(parsed) = (self.parse)(&body) {
                self.install(meta.version, parsed);
            }
        }
    }

    fn install(&self, version: u64, parsed: T) {
        let mut state = self.state.borrow_mut();
        state.parsed = Some((version, Rc::new(parsed)));
        state.unknown = Unknown::default();
    }

    /// Changes what all workers know; what it became.
    fn change(&self, host: &dyn Host, change: impl Fn(&mut Meta)) -> Meta {
        let changed = update(host, &self.key_of(META), ATTEMPTS, |bytes| {
            let mut meta = Meta::read(bytes);
            change(&mut meta);
            (meta, Some(meta.bytes()))
        });
        changed.unwrap_or_else(|_| self.state.borrow().meta)
    }

    fn key_of(&self, part: &str) -> String {
        [&self.key, part].concat()
    }

    fn stored(&self, body: &[u8], host: &dyn Host) -> Option<bool> {
        update(host, &self.key, ATTEMPTS, |stored| {
            let same = stored == Some(body);
            (!same, (!same).then(|| body.to_vec()))
        })
        .ok()
    }

    /// Takes in a new body; what becomes of the metadata.
    fn accept(&self, headers: &Headers, body: &[u8], host: &dyn Host) -> bool {
        let Some(parsed) = (self.parse)(body) else {
            host.count(&[self.kind, "_rejected"].concat(), 1);
            log::warn!(
                "jwt-auth: what {} answered for {} is not usable",
                self.address.cluster,
                self.address.path
            );
            return false;
        };
        let Some(changed) = self.stored(body, host) else {
            return false;
        };
        host.count(
            &[self.kind, if changed { "_changed" } else { "_unchanged" }].concat(),
            1,
        );
        let now = host.now();
        let lifetime = freshness::lifetime(headers, now)
            .map_or(self.address.refresh, |said| said.clamp(LEAST_SAID, MOST_SAID));
        let meta = self.change(host, |meta| {
            meta.version += u64::from(changed || meta.version == 0);
            meta.fetched = millis(now);
            meta.fresh_until = millis(now.saturating_add(lifetime));
            meta.checked = millis(now);
            (meta.failures, meta.retry) = (0, 0);
        });
        self.state.borrow_mut().meta = meta;
        if meta.version != self.version() {
            self.install(meta.version, parsed);
        }
        true
    }
}

/// What ticks need of a [`Remote`], whatever it fetches.
pub(crate) trait Fetch {
    /// The call to make now, if it's this worker's turn, and when to look again.
    fn on_tick(&self, host: &dyn Host) -> (Option<Call>, Duration);
    /// The call's answer.
    fn on_response(&self, response: CallResponse, host: &dyn Host);
}

impl<T> Fetch for Remote<T> {
    fn on_tick(&self, host: &dyn Host) -> (Option<Call>, Duration) {
        self.synchronise(host);
        let (meta, now) = (self.state.borrow().meta, millis(host.now()));
        if !meta.is_due(now) {
            let until = Duration::from_millis(meta.due().saturating_sub(now).max(1));
            return (None, until.min(POLL));
        }
        if !take_lease(
            host,
            &self.key_of(LEASE),
            self.address.timeout + Duration::from_secs(1),
        ) {
            return (None, SOON);
        }
        let call = HttpCall {
            cluster: self.address.cluster.clone(),
            method: "GET".into(),
            authority: self.address.authority.clone(),
            path: self.address.path.clone(),
            headers: vec![(
                "accept".into(),
                b"application/jwk-set+json, application/json".to_vec(),
            )],
            body: Vec::new(),
            timeout: self.address.timeout,
            max_response: self.address.max_bytes,
        };
        (Some(Call::Http(call)), POLL)
    }

    fn on_response(&self, response: CallResponse, host: &dyn Host) {
        let accepted = match &response {
            CallResponse::Http { headers, body } if headers.status() == Some(200) => {
                self.accept(headers, body, host)
            }
            _ => false,
        };
        if !accepted {
            host.count(&[self.kind, "_fetch_failed"].concat(), 1);
            let (now, random) = (millis(host.now()), host.random());
            let meta = self.change(host, |meta| {
                meta.failures += 1;
                meta.checked = now;
                // Doubling from a quarter of a second to a minute, and up to a quarter more, so that proxies spread.
                let pause = (250u64 << (meta.failures - 1).min(8)).min(60_000);
                meta.retry = now + pause + random % (pause / 4);
            });
            self.state.borrow_mut().meta = meta;
            log::warn!(
                "jwt-auth: {} can't be had from cluster {}",
                self.address.path,
                self.address.cluster
            );
        }
        release_lease(host, &self.key_of(LEASE));
    }
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0')
}

const META: &str = "/meta";
const LEASE: &str = "/lease";
/// How often shared data is looked at where nothing is due.
const POLL: Duration = Duration::from_secs(1);
/// How soon to look again while another worker fetches.
const SOON: Duration = Duration::from_millis(50);
/// What an answer may say of its own lifetime, at least and at most.
const LEAST_SAID: Duration = Duration::from_secs(30);
const MOST_SAID: Duration = Duration::from_secs(86_400);
/// Failures in a row after which requests no longer wait.
const PATIENCE: u64 = 4;
const ATTEMPTS: u32 = 8;
