use crate::{
    Body, Source, Step, cause,
    document::{Arrival, Rejection},
    freshness, millis,
    publication::Publication,
    record::Record,
    schedule,
};
use http_fields::hex;
use http_filter::{Call, CallResponse, Headers, Host, Owner, Places};
use sha2::{Digest, Sha256};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// The names of the counters of a fetched document.
#[derive(Clone, Copy, Debug)]
pub struct Counters {
    /// Another document than before was fetched.
    pub changed: &'static str,
    /// The same one was fetched, or the server said that it is the same.
    pub unchanged: &'static str,
    /// A fetch brought nothing.
    pub failed: &'static str,
    /// A fetched document could not be published, since other workers were faster every time.
    pub conflict: &'static str,
}

/// What a worker makes of the bytes of a document.
pub(crate) trait Prepare {
    fn accept(&self, arrival: &Arrival<'_>, host: &dyn Host) -> Result<(), Rejection>;
    fn adopt(&self, body: &Body, host: &dyn Host) -> bool;
    fn on_due(&self, host: &dyn Host);
}

/// The fetching of one document, whatever it is.
pub(crate) struct Fetcher {
    filter: &'static str,
    title: RefCell<String>,
    source: Source,
    counters: Counters,
    /// What names in shared data begin with, and the places below.
    prefix: String,
    places: Places,
    owner: Owner,
    /// Where it lies, by the number of its place.
    publication: RefCell<Option<(usize, Rc<Publication>)>>,
    state: RefCell<State>,
}

/// What this worker knows.
#[derive(Default)]
struct State {
    record: Record,
    /// The version in use here; 0 for none.
    in_use: u64,
    /// The published version that was taken up last, or could not be.
    seen: u64,
    /// The published bytes are those of another version.
    is_torn: bool,
    /// The SHA-256 that the document should have, as its file said.
    announced: Option<[u8; 32]>,
    /// The document itself is to be fetched next.
    body_is_next: bool,
}

impl Fetcher {
    pub(crate) fn new(
        filter: &'static str,
        kind: &'static str,
        title: String,
        source: Source,
        counters: Counters,
    ) -> Self {
        let prefix = [filter, "/", kind, "/"].concat();
        Self {
            filter,
            title: RefCell::new(title),
            places: Places::of([&prefix, "places"].concat()),
            prefix,
            owner: source.owner(),
            source,
            counters,
            publication: RefCell::default(),
            state: RefCell::default(),
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    pub(crate) fn also_for(&self, user: &str) {
        let mut title = self.title.borrow_mut();
        title.push_str(", ");
        title.push_str(user);
    }

    pub(crate) fn in_use(&self) -> u64 {
        self.state.borrow().in_use
    }

    pub(crate) fn is_usable(&self, now: u64) -> bool {
        self.state
            .borrow()
            .record
            .is_usable(now, millis(self.source.stale))
    }

    pub(crate) fn failures(&self) -> u64 {
        self.state.borrow().record.failures
    }

    pub(crate) fn checked(&self) -> u64 {
        self.state.borrow().record.checked
    }

    pub(crate) fn until_due(&self, now: u64) -> Duration {
        Duration::from_millis(self.state.borrow().record.due.saturating_sub(now))
    }

    pub(crate) fn refetch(&self, host: &dyn Host) -> bool {
        if self.state.borrow().record.is_wanted() {
            return false;
        }
        let now = millis(host.now());
        self.change(host, |record| record.wanted = now);
        true
    }

    /// Where the document lies.
    fn publication(&self, host: &dyn Host) -> Rc<Publication> {
        let known = self
            .publication
            .borrow()
            .as_ref()
            .map(|(_, known)| Rc::clone(known));
        known.unwrap_or_else(|| self.renewed(host))
    }

    /// The same, kept from other documents for another while.
    fn renewed(&self, host: &dyn Host) -> Rc<Publication> {
        let lent = self.places.renew(&[self.owner], host).ok();
        let number = lent.and_then(|numbers| numbers.first().copied());
        let mut publication = self.publication.borrow_mut();
        match (&*publication, number) {
            (Some((_, known)), None) => return Rc::clone(known),
            (Some((known, place)), Some(number)) if *known == number => return Rc::clone(place),
            _ => {}
        }
        // Without a place it lies under a name of its own.
        let name = number.map_or_else(|| hex::encode(&self.owner), |number| number.to_string());
        let place = Rc::new(Publication::new(
            &[&self.prefix, name.as_str()].concat(),
            self.owner,
        ));
        *publication = number.map(|number| (number, Rc::clone(&place)));
        place
    }

    /// Takes up what another worker published.
    pub(crate) fn take_up(&self, prepare: &dyn Prepare, host: &dyn Host) {
        let publication = self.publication(host);
        let record = publication.read(host);
        let version = record.version;
        let seen = {
            let mut state = self.state.borrow_mut();
            state.record = record;
            state.seen
        };
        if version == 0 || seen == version {
            return;
        }
        // The bytes may be those of the next version already, whose record comes a moment later.
        let body = publication.body(host, version);
        let adopted = body.as_ref().is_some_and(|body| prepare.adopt(body, host));
        let mut state = self.state.borrow_mut();
        state.is_torn = body.is_none();
        if body.is_some() {
            state.seen = version;
        }
        if adopted {
            state.in_use = version;
        } else if body.is_some() {
            let title = self.title.borrow();
            log::error!(
                "{}: {title}: what another worker published can't be read",
                self.filter
            );
        }
    }

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

    /// Whether what is published is in use here.
    fn is_known(&self) -> bool {
        let state = self.state.borrow();
        state.in_use != 0 && state.in_use == state.record.version
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

    /// Changes what all workers know. Where other workers are faster every time, this one knows what it read last.
    fn change(&self, host: &dyn Host, change: impl Fn(&mut Record)) {
        if let Ok(record) = self.publication(host).change(host, change) {
            self.state.borrow_mut().record = record;
        }
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn source() -> Source {
        Source {
            cluster: "files".into(),
            authority: "a.example".into(),
            path: "/document".into(),
            digest_path: None,
            accept: "*/*",
            timeout: Duration::from_secs(5),
            refresh: Duration::from_secs(600),
            heeds_lifetimes: true,
            stale: Duration::from_secs(3_600),
            max_bytes: 1_024,
        }
    }
}
