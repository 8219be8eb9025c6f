//! Attempts to fetch a document: when one is made, and what comes of it.

use super::{Fetcher, Prepare, State};
use crate::{Source, Step, cause, document::Arrival, freshness, millis, record::Record, schedule};
use http_fields::hex;
use http_filter::{Call, CallResponse, Headers, Host};
use sha2::{Digest, Sha256};
use std::time::Duration;

impl Fetcher {
    pub(crate) fn on_tick(&self, prepare: &dyn Prepare, host: &dyn Host) -> (Option<(Step, Call)>, Duration) {
        let publication = self.renewed(host);
        self.take_up(prepare, host);
        let now = millis(host.now());
        let mut state = self.state.borrow_mut();
        let poll = if state.in_use == 0 { POLL_WITHOUT } else { POLL };
        if state.body_is_next {
            state.body_is_next = false;
            return (
                Some((Step::Body, self.source.call(&self.source.path, Vec::new()))),
                poll,
            );
        }
        // Bytes and record that don't belong together for longer than it takes to publish them: two workers published at
        // once.
        let is_torn = state.is_torn && now.saturating_sub(state.record.checked) > TORN;
        if !state.record.is_due(now) && !is_torn {
            let until = Duration::from_millis(state.record.due.saturating_sub(now).max(1));
            return (None, until.min(poll));
        }
        if !publication.take_lease(host, schedule::lease(&self.source, &state.record)) {
            return (None, SOON);
        }
        prepare.on_due(host);
        let call = match &self.source.digest_path {
            Some(path) => (Step::Digest, self.source.call(path, Vec::new())),
            None => (
                Step::Body,
                self.source.call(&self.source.path, conditions(&state)),
            ),
        };
        drop(state);
        self.change(host, |record| record.attempts += 1);
        (Some(call), poll)
    }

    pub(crate) fn on_response(
        &self,
        prepare: &dyn Prepare,
        step: Step,
        response: CallResponse,
        host: &dyn Host,
    ) -> Option<Duration> {
        let cause = cause::of(&response, &self.source);
        match (response, cause) {
            (CallResponse::Http { headers, .. }, _) if headers.status() == Some(304) && self.is_known() => {
                self.unchanged(&headers, host);
            }
            (CallResponse::Http { headers, body }, None) => match step {
                Step::Digest => return self.announced(&headers, &body, host),
                Step::Body => self.arrived(prepare, &headers, body, host),
            },
            (_, cause) => self.failed(self.counters.failed, &cause.unwrap_or_default(), 0, host),
        }
        self.publication(host).release_lease(host);
        Some(SOON)
    }

    /// The file with the digest has come: 64 hexadecimal digits, then perhaps a name.
    fn announced(&self, headers: &Headers, text: &[u8], host: &dyn Host) -> Option<Duration> {
        match text.get(..64).and_then(hex::decode) {
            None => self.failed(
                self.counters.failed,
                "the file with the digest holds none",
                0,
                host,
            ),
            Some(digest) if self.is_known() && self.state.borrow().record.is(&digest) => {
                self.unchanged(headers, host);
            }
            Some(digest) => {
                let mut state = self.state.borrow_mut();
                state.announced = Some(digest);
                state.body_is_next = true;
                return Some(Duration::from_millis(1));
            }
        }
        self.publication(host).release_lease(host);
        Some(SOON)
    }

    fn arrived(&self, prepare: &dyn Prepare, headers: &Headers, body: Vec<u8>, host: &dyn Host) {
        let digest: [u8; 32] = Sha256::digest(&body).into();
        // Servers without conditional requests send the same one again.
        let is_as_announced = self
            .state
            .borrow()
            .announced
            .is_none_or(|announced| announced == digest);
        if self.is_known() && is_as_announced && self.state.borrow().record.is(&digest) {
            return self.unchanged(headers, host);
        }
        let version = Record::version_of(&digest);
        let length = body.len();
        let publication = self.publication(host);
        let body = publication.marked(body, version);
        let announced = self.state.borrow().announced;
        let arrival = Arrival {
            body: &body,
            digest: &digest,
            announced: announced.as_ref(),
        };
        if let Err(rejection) = prepare.accept(&arrival, host) {
            let reason = ["what came is refused: ", &rejection.reason].concat();
            return self.failed(rejection.counter, &reason, length, host);
        }
        let field = |name| {
            headers
                .first(name)
                .filter(|value| value.len() <= MAX_VALIDATOR)
                .unwrap_or_default()
                .to_vec()
        };
        let succeeded = self.succeeded(headers, host);
        let published = publication.publish(host, &body, |record| {
            succeeded(record);
            record.version = version;
            record.digest = digest;
            record.etag = field("etag");
            record.last_modified = field("last-modified");
        });
        let mut state = self.state.borrow_mut();
        (state.in_use, state.seen, state.is_torn) = (version, version, false);
        match published {
            Ok(record) => {
                state.record = record;
                host.count(self.counters.changed, 1);
            }
            Err(_) => host.count(self.counters.conflict, 1),
        }
    }

    fn unchanged(&self, headers: &Headers, host: &dyn Host) {
        host.count(self.counters.unchanged, 1);
        let succeeded = self.succeeded(headers, host);
        self.change(host, succeeded);
    }

    /// What an attempt that succeeded changes about the record.
    fn succeeded(&self, headers: &Headers, host: &dyn Host) -> impl Fn(&mut Record) + use<> {
        let (now, random) = (host.now(), host.random());
        let said = self
            .source
            .heeds_lifetimes
            .then(|| freshness::lifetime(headers, now));
        let said = said.flatten().map(|said| said.clamp(LEAST_SAID, MOST_SAID));
        let lifetime = said.unwrap_or(self.source.refresh);
        move |record| {
            record.fresh_until = millis(now.saturating_add(lifetime));
            record.due = schedule::after_success(millis(now), lifetime, random);
            record.checked = millis(now);
            (record.failures, record.attempts) = (0, 0);
        }
    }

    /// An attempt brought nothing of use; `refused` bytes came in vain.
    fn failed(&self, counter: &'static str, reason: &str, refused: usize, host: &dyn Host) {
        host.count(counter, 1);
        let (now, random) = (millis(host.now()), host.random());
        self.change(host, |record| {
            record.failures += 1;
            record.checked = now;
            record.due = schedule::after_failure(now, record, refused, random);
        });
        let Source {
            authority,
            path,
            cluster,
            ..
        } = &self.source;
        let next = millis(self.until_due(now));
        log::warn!(
            "{}: {} can't be fetched from {authority}{path} through cluster \"{cluster}\": {reason}; next attempt in {next} ms",
            self.filter,
            self.title.borrow(),
        );
    }
}

/// What makes the request conditional (RFC 9110 §13.1): only where what is published is in use here, and no other is announced.
fn conditions(state: &State) -> Vec<(String, Vec<u8>)> {
    let Record {
        version,
        etag,
        last_modified,
        ..
    } = &state.record;
    let is_current = state
        .announced
        .is_none_or(|announced| state.record.is(&announced));
    [("if-none-match", etag), ("if-modified-since", last_modified)]
        .into_iter()
        .filter(|(_, value)| *version != 0 && is_current && state.in_use == *version && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}

/// How often shared data is looked at where nothing is due: by a worker with a document, and by one without.
const POLL: Duration = Duration::from_secs(1);
const POLL_WITHOUT: Duration = Duration::from_millis(100);
/// How soon to look again after an attempt, and while another worker makes one.
const SOON: Duration = Duration::from_millis(50);
/// Milliseconds.
const TORN: u64 = 2_000;
/// What an answer may say of its own lifetime, at least and at most.
const LEAST_SAID: Duration = Duration::from_secs(30);
const MOST_SAID: Duration = Duration::from_secs(86_400);
/// The longest validator that is kept, in bytes.
const MAX_VALIDATOR: usize = 256;
