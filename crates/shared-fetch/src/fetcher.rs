mod attempt;

use crate::{
    Body, Source,
    document::{Arrival, Rejection},
    millis,
    publication::Publication,
    record::Record,
};
use http_fields::hex;
use http_filter::{Host, Owner, Places};
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

    /// Whether what is published is in use here.
    fn is_known(&self) -> bool {
        let state = self.state.borrow();
        state.in_use != 0 && state.in_use == state.record.version
    }

    /// Changes what all workers know. Where other workers are faster every time, this one knows what it read last.
    fn change(&self, host: &dyn Host, change: impl Fn(&mut Record)) {
        if let Ok(record) = self.publication(host).change(host, change) {
            self.state.borrow_mut().record = record;
        }
    }
}

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
