//! Fetching a database, once for all workers of a process, and having every worker take it up.

mod compile;

use crate::{
    database::Slot,
    expectation::{Expectations, Refusal},
    publication::{Publication, Published},
};
use geo_database::{Bytes, Database};
use http_fields::hex;
use http_filter::{Call, CallResponse, Headers, Host, HttpCall, release_lease, take_lease};
use sha2::{Digest, Sha256};
use std::{cell::RefCell, time::Duration};

/// One database to be fetched.
pub(crate) struct Feed {
    cluster: String,
    authority: String,
    path: String,
    sha256_path: Option<String>,
    refresh: Duration,
    timeout: Duration,
    max_size: usize,
    expectations: Expectations,
    key: String,
    lease: String,
    publication: Publication,
    state: RefCell<State>,
}

/// What this worker knows.
#[derive(Default)]
struct State {
    /// The published version that is in use here, or can't be.
    seen: Option<u64>,
    /// When the data in use was made.
    made: Option<u64>,
    /// The digest that the body must have, once its digest was fetched.
    announced: Option<[u8; 32]>,
    /// The body is to be fetched next.
    body_is_next: bool,
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The file with the digest.
    Digest,
    /// The database itself.
    Body,
}

impl Feed {
    /// What tells this database from others.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Takes up what another worker has published, and makes the call that is due, if this worker is the one to make it.
    pub(crate) fn tick(&self, slot: &Slot, host: &dyn Host) -> (Option<(Step, Call)>, Duration) {
        let published = self.publication.read(host);
        self.take_up(slot, &published, host);
        let call = self.next_call(&published, host);
        let wait = if slot.database().is_some() {
            POLL
        } else {
            POLL_WITHOUT
        };
        (call, wait)
    }

    /// The answer to a call. The time to the next tick, when it's due at once.
    pub(crate) fn on_call_response(
        &self,
        slot: &Slot,
        step: Step,
        response: CallResponse,
        host: &dyn Host,
    ) -> Option<Duration> {
        let CallResponse::Http { headers, body } = response else {
            self.failed(host);
            return None;
        };
        match (step, headers.status()) {
            (_, Some(304)) => self.not_modified(host),
            (Step::Digest, Some(200)) => return self.announced(&body, host),
            (Step::Body, Some(200)) => self.fetched(slot, &headers, body, host),
            _ => self.failed(host),
        }
        None
    }

    fn take_up(&self, slot: &Slot, published: &Published, host: &dyn Host) {
        let mut state = self.state.borrow_mut();
        if published.version == 0 || state.seen == Some(published.version) {
            return;
        }
        // The body may be of the next version already, whose description comes a moment later.
        let Some(body) = self.publication.body(host, published.version) else {
            return;
        };
        state.seen = Some(published.version);
        // Who published it has checked all of it.
        match Database::reopen(body) {
            Ok(database) => {
                state.made = Some(database.made());
                slot.replace(database);
                host.count("database_loaded", 1);
            }
            Err(error) => {
                host.count("database_refused_format", 1);
                log::error!("geo-routing: a published database can't be read: {error}");
            }
        }
    }

    fn next_call(&self, published: &Published, host: &dyn Host) -> Option<(Step, Call)> {
        let mut state = self.state.borrow_mut();
        if state.body_is_next {
            state.body_is_next = false;
            return Some((Step::Body, self.call(&self.path, None)));
        }
        let now = host.now().as_secs();
        // A clock that was set back must not put the next look off for the difference.
        let due = now >= published.due || published.due > now + self.refresh.as_secs() * 2;
        if !due || !take_lease(host, &self.lease, self.timeout * 2 + Duration::from_secs(5)) {
            return None;
        }
        state.announced = None;
        let made = state.made.map(Duration::from_secs);
        if made.is_some_and(|made| self.expectations.is_too_old(made, host.now())) {
            host.count("database_stale", 1);
        }
        Some(match &self.sha256_path {
            Some(path) => (Step::Digest, self.call(path, None)),
            None => (Step::Body, self.call(&self.path, Some(published))),
        })
    }

    fn call(&self, path: &str, known: Option<&Published>) -> Call {
        let mut headers = Vec::new();
        if let Some(known) = known.filter(|known| known.version != 0) {
            let conditions = [
                ("if-none-match", &known.etag),
                ("if-modified-since", &known.last_modified),
            ];
            headers.extend(
                conditions
                    .into_iter()
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(name, value)| (name.to_owned(), value.clone())),
            );
        }
        Call::Http(HttpCall {
            cluster: self.cluster.clone(),
            method: "GET".to_owned(),
            authority: self.authority.clone(),
            path: path.to_owned(),
            headers,
            body: Vec::new(),
            timeout: self.timeout,
            max_response: self.max_size,
        })
    }

    /// The digest has come: 64 hexadecimal digits, then perhaps a name.
    fn announced(&self, text: &[u8], host: &dyn Host) -> Option<Duration> {
        let Some(digest) = text.get(..64).and_then(hex::decode) else {
            self.failed(host);
            return None;
        };
        if self.publication.read(host).is(&digest) {
            self.not_modified(host);
            return None;
        }
        let mut state = self.state.borrow_mut();
        state.announced = Some(digest);
        state.body_is_next = true;
        Some(Duration::from_millis(1))
    }

    fn fetched(&self, slot: &Slot, headers: &Headers, body: Vec<u8>, host: &dyn Host) {
        let digest: [u8; 32] = Sha256::digest(&body).into();
        if !self.is_wanted(&digest) {
            return self.refused(&Refusal::Checksum, host);
        }
        // Servers without conditional requests send the same one again.
        if self.publication.read(host).is(&digest) {
            return self.not_modified(host);
        }
        let version = Published::version_of(&digest);
        let body = Publication::marked(body, version);
        let database = match self.checked(&body, host) {
            Ok(database) => database,
            Err(refusal) => return self.refused(&refusal, host),
        };
        let field = |name| {
            headers
                .first(name)
                .filter(|value| value.len() <= 256)
                .unwrap_or_default()
                .to_vec()
        };
        let published = Published {
            version,
            due: self.next_due(host),
            failures: 0,
            digest,
            etag: field("etag"),
            last_modified: field("last-modified"),
        };
        let mut state = self.state.borrow_mut();
        if self.publication.publish(host, &published, &body) {
            host.count("database_fetched", 1);
        } else {
            host.count("database_conflict", 1);
        }
        state.seen = Some(published.version);
        state.made = Some(database.made());
        slot.replace(database);
        release_lease(host, &self.lease);
    }

    fn is_wanted(&self, digest: &[u8; 32]) -> bool {
        let wanted = [self.expectations.sha256, self.state.borrow().announced];
        wanted.iter().flatten().all(|wanted| wanted == digest)
    }

    fn checked(&self, body: &Bytes, host: &dyn Host) -> Result<Database, Refusal> {
        let database = Database::open(body.clone()).map_err(Refusal::Format)?;
        let in_use = self.state.borrow().made;
        self.expectations.check(&database, in_use, host.now())?;
        Ok(database)
    }

    fn refused(&self, refusal: &Refusal, host: &dyn Host) {
        host.count(refusal.counter(), 1);
        log::error!(
            "geo-routing: the database at {}{} is refused: {refusal}",
            self.authority,
            self.path
        );
        self.put_off(host);
    }

    fn not_modified(&self, host: &dyn Host) {
        host.count("database_not_modified", 1);
        self.publication.schedule(host, self.next_due(host), 0);
        release_lease(host, &self.lease);
    }

    fn failed(&self, host: &dyn Host) {
        host.count("database_fetch_failed", 1);
        self.put_off(host);
    }

    /// Tries again after a second, then two, four and so on, up to the refresh time; what is in use stays in use.
    fn put_off(&self, host: &dyn Host) {
        let failures = self.publication.read(host).failures.saturating_add(1);
        let backoff = Duration::from_secs(1 << failures.saturating_sub(1).min(20)).min(self.refresh);
        let due = host.now().saturating_add(backoff).as_secs();
        self.publication.schedule(host, due, failures);
        release_lease(host, &self.lease);
    }

    /// In a refresh time, up to a tenth sooner, so that many proxies don't come at once.
    fn next_due(&self, host: &dyn Host) -> u64 {
        let refresh = self.refresh.as_secs();
        host.now().as_secs() + refresh - host.random() % (refresh / 10 + 1)
    }
}

/// How often a worker looks for something published, when it has a database and when it has none.
const POLL: Duration = Duration::from_secs(1);
const POLL_WITHOUT: Duration = Duration::from_millis(100);
