use crate::{
    Counters, Document, Fetch, Source, Step,
    document::{Arrival, Rejection},
    fetcher::{Fetcher, Prepare},
    millis,
};
use http_filter::{Call, CallResponse, Host};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// A document that is fetched once per process, and prepared by every worker.
pub struct Fetched<D: Document> {
    document: D,
    current: RefCell<Option<Rc<D::Prepared>>>,
    fetcher: Fetcher,
}

/// What a request gets of a document.
pub enum Lookup<T> {
    /// The document.
    Ready(Rc<T>),
    /// It's on its way.
    Pending,
    /// It can't be had.
    Unavailable,
}

impl<D: Document> Fetched<D> {
    /// A document of the filter `filter`, of the kind `kind` (both are in the names of shared data), told in logs as
    /// `title`.
    pub fn new(
        filter: &'static str,
        kind: &'static str,
        title: String,
        source: Source,
        counters: Counters,
        document: D,
    ) -> Self {
        Self {
            document,
            current: RefCell::default(),
            fetcher: Fetcher::new(filter, kind, title, source, counters),
        }
    }

    /// Where the document comes from.
    pub fn source(&self) -> &Source {
        self.fetcher.source()
    }

    /// What is made of it.
    pub fn document(&self) -> &D {
        &self.document
    }

    /// Names another user of the document, for logs.
    pub fn also_for(&self, user: &str) {
        self.fetcher.also_for(user);
    }

    /// The document, however old, if this worker has it.
    pub fn current(&self) -> Option<Rc<D::Prepared>> {
        self.current.borrow().clone()
    }

    /// The version of the document in use; changes when it does. 0 for none.
    pub fn version(&self) -> u64 {
        self.fetcher.in_use()
    }

    /// The document, if this worker has it and it's still good: without a host call.
    pub fn at_hand(&self, now: Duration) -> Option<Rc<D::Prepared>> {
        let usable = self.fetcher.is_usable(millis(now));
        usable.then(|| self.current()).flatten()
    }

    /// The document, or whether to wait for it.
    pub fn lookup(&self, host: &dyn Host) -> Lookup<D::Prepared> {
        let now = host.now();
        if let Some(document) = self.at_hand(now) {
            return Lookup::Ready(document);
        }
        self.take_up(host);
        match self.at_hand(now) {
            Some(document) => Lookup::Ready(document),
            // Clusters may need a moment at start; after that, nobody waits for what keeps failing.
            None if self.fetcher.failures() < PATIENCE => Lookup::Pending,
            None => Lookup::Unavailable,
        }
    }

    /// How long until the next attempt to fetch the document, where it can't be had at `now`.
    pub fn next_attempt(&self, now: Duration) -> Option<Duration> {
        self.at_hand(now)
            .is_none()
            .then(|| self.fetcher.until_due(millis(now)))
    }

    /// When the last attempt to fetch it ended, in milliseconds since the Unix epoch.
    pub fn checked(&self) -> u64 {
        self.fetcher.checked()
    }

    /// Asks for a fetch out of turn; whether nobody had since the last attempt.
    pub fn refetch(&self, host: &dyn Host) -> bool {
        self.fetcher.refetch(host)
    }

    /// Takes up what another worker published.
    pub fn take_up(&self, host: &dyn Host) {
        self.fetcher.take_up(self, host);
    }
}

impl<D: Document> Fetch for Fetched<D> {
    fn on_tick(&self, host: &dyn Host) -> (Option<(Step, Call)>, Duration) {
        self.fetcher.on_tick(self, host)
    }

    fn progress(&self, host: &dyn Host) -> u64 {
        self.take_up(host);
        self.checked().wrapping_add(self.version())
    }

    fn on_response(&self, step: Step, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        self.fetcher.on_response(self, step, response, host)
    }
}

impl<D: Document> Prepare for Fetched<D> {
    fn accept(&self, arrival: &Arrival<'_>, host: &dyn Host) -> Result<(), Rejection> {
        let prepared = self.document.accept(arrival, self.current().as_deref(), host)?;
        *self.current.borrow_mut() = Some(Rc::new(prepared));
        Ok(())
    }

    fn adopt(&self, body: &crate::Body, host: &dyn Host) -> bool {
        let adopted = self.document.adopt(body, host).map(Rc::new);
        let is_adopted = adopted.is_some();
        if is_adopted {
            *self.current.borrow_mut() = adopted;
        }
        is_adopted
    }

    fn on_due(&self, host: &dyn Host) {
        self.document.on_due(self.current().as_deref(), host);
    }
}

/// Failures in a row after which requests no longer wait.
const PATIENCE: u64 = 4;
