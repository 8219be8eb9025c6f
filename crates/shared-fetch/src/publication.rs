use crate::{Body, record::Record};
use http_filter::{Conflict, Host, Owner, Version, release_lease, take_lease, update};
use std::time::Duration;

/// Where a document lies for all workers: a short record under one key, its bytes under another, a lease under a third.
pub(crate) struct Publication {
    owner: Owner,
    record: String,
    body: String,
    lease: String,
}

impl Publication {
    /// What `owner` publishes below `key`; others may have published there before.
    pub(crate) fn new(key: &str, owner: Owner) -> Self {
        Self {
            owner,
            record: [key, "/record"].concat(),
            body: [key, "/body"].concat(),
            lease: [key, "/lease"].concat(),
        }
    }

    /// The record; an empty one where nothing readable was ever published.
    pub(crate) fn read(&self, host: &dyn Host) -> Record {
        Record::decode(host.shared_data(&self.record).value.as_deref(), &self.owner)
    }

    /// The bytes, if they are those of `version`.
    pub(crate) fn body(&self, host: &dyn Host, version: u64) -> Option<Body> {
        let stored = host.shared_data(&self.body).value?;
        Body::read(stored, &self.mark(version))
    }

    /// `bytes` as [`publish`](Self::publish) wants them.
    pub(crate) fn marked(&self, bytes: Vec<u8>, version: u64) -> Body {
        Body::marked(bytes, &self.mark(version))
    }

    /// What the bytes of a version bear, so that nobody takes another owner's for them.
    fn mark(&self, version: u64) -> Vec<u8> {
        [&self.owner[..], &version.to_le_bytes()].concat()
    }

    /// Publishes a document: the bytes first, then the record that makes workers read them.
    ///
    /// # Errors
    /// [`Conflict`] when other workers were faster every time.
    pub(crate) fn publish(
        &self,
        host: &dyn Host,
        body: &Body,
        change: impl Fn(&mut Record),
    ) -> Result<Record, Conflict> {
        // Should two workers publish at once, the last one's bytes stay; who looks for the other's sees that by the mark.
        host.set_shared_data(&self.body, body.with_mark(), Version::Any)?;
        self.change(host, change)
    }

    /// Changes the record; what it became.
    ///
    /// # Errors
    /// [`Conflict`] when other workers were faster every time.
    pub(crate) fn change(&self, host: &dyn Host, change: impl Fn(&mut Record)) -> Result<Record, Conflict> {
        update(host, &self.record, ATTEMPTS, |stored| {
            let mut record = Record::decode(stored, &self.owner);
            change(&mut record);
            let encoded = record.encode();
            (record, Some(encoded))
        })
    }

    /// Whether this worker is the one to fetch, for `term`.
    pub(crate) fn take_lease(&self, host: &dyn Host, term: Duration) -> bool {
        take_lease(host, &self.lease, term)
    }

    pub(crate) fn release_lease(&self, host: &dyn Host) {
        release_lease(host, &self.lease);
    }
}

const ATTEMPTS: u32 = 8;
