use http_filter::Owner;

/// What all workers know of a document, beside its bytes: so that a look at it copies no bytes.
///
/// Times are milliseconds since the Unix epoch; 0 is never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Whose document it is.
    pub(crate) owner: Owner,
    /// Tells this document from the one before; 0 while there is none.
    pub(crate) version: u64,
    /// When the next fetch is due.
    pub(crate) due: u64,
    /// Until when the document is current.
    pub(crate) fresh_until: u64,
    /// When the last attempt ended, however.
    pub(crate) checked: u64,
    /// When somebody last asked for a fetch out of turn.
    pub(crate) wanted: u64,
    /// Attempts that failed since the last one that succeeded.
    pub(crate) failures: u64,
    /// Attempts that began since the last one that succeeded.
    pub(crate) attempts: u64,
    /// The SHA-256 of the document.
    pub(crate) digest: [u8; 32],
    /// The validators that came with it (RFC 9110 §8.8); empty for none.
    pub(crate) etag: Vec<u8>,
    pub(crate) last_modified: Vec<u8>,
}

impl Record {
    /// The version of the document with this digest.
    pub(crate) fn version_of(digest: &[u8; 32]) -> u64 {
        digest.first_chunk().copied().map_or(1, u64::from_le_bytes).max(1)
    }

    /// Whether it's the document with this digest.
    pub(crate) fn is(&self, digest: &[u8; 32]) -> bool {
        self.version != 0 && self.digest == *digest
    }

    /// Whether the document may be used at `now`, `stale` milliseconds beyond its time if need be.
    pub(crate) fn is_usable(&self, now: u64, stale: u64) -> bool {
        self.version != 0 && now <= self.fresh_until.saturating_add(stale)
    }

    /// Whether a fetch is due at `now`. A clock that was set back makes it due, or it would wait for the difference.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        now >= self.due || now < self.checked || self.is_wanted()
    }

    /// Whether somebody asked since the last attempt.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted > self.checked
    }

    /// Reads what [`encode`](Self::encode) wrote for this owner; anything else is nothing.
    pub(crate) fn decode(bytes: Option<&[u8]>, owner: &Owner) -> Self {
        let record = bytes.and_then(decode).filter(|record| record.owner == *owner);
        record.unwrap_or(Self {
            owner: *owner,
            ..Self::default()
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let numbers = [
            self.version,
            self.due,
            self.fresh_until,
            self.checked,
            self.wanted,
            self.failures,
            self.attempts,
        ];
        let mut bytes = Vec::with_capacity(112);
        bytes.extend_from_slice(&self.owner);
        for number in numbers {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.digest);
        for field in [&self.etag, &self.last_modified] {
            bytes.extend_from_slice(&(field.len() as u16).to_le_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }
}

fn decode(bytes: &[u8]) -> Option<Record> {
    let (owner, mut rest) = bytes.split_first_chunk()?;
    let mut number = || -> Option<u64> {
        let (number, after) = rest.split_first_chunk()?;
        rest = after;
        Some(u64::from_le_bytes(*number))
    };
    let record = Record {
        owner: *owner,
        version: number()?,
        due: number()?,
        fresh_until: number()?,
        checked: number()?,
        wanted: number()?,
        failures: number()?,
        attempts: number()?,
        ..Record::default()
    };
    let (digest, rest) = rest.split_first_chunk()?;
    let (etag, rest) = field(rest)?;
    let (last_modified, rest) = field(rest)?;
    rest.is_empty().then_some(Record {
        digest: *digest,
        etag,
        last_modified,
        ..record
    })
}

fn field(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    Some((value.to_vec(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tells_when_a_fetch_is_due() {
        let record = Record {
            version: 3,
            due: 10_000,
            fresh_until: 11_000,
            checked: 1_000,
            ..Record::default()
        };
        let wanted = |wanted| Record {
            wanted,
            ..record.clone()
        };
        for (name, record, now, due) in [
            ("never fetched", Record::default(), 5, true),
            ("current", record.clone(), 9_999, false),
            ("due", record.clone(), 10_000, true),
            ("clock set back", record.clone(), 999, true),
            ("wanted", wanted(2_000), 2_000, true),
            ("wanted before", wanted(500), 2_000, false),
        ] {
            assert_eq!(record.is_due(now), due, "{name}");
        }
        assert!(record.is_usable(12_000, 1_000));
        assert!(!record.is_usable(12_001, 1_000));
        assert!(!Record::default().is_usable(0, 1_000));
    }

    proptest! {
        #[test]
        fn records_are_read_back(owner: Owner, numbers: [u64; 7], digest: [u8; 32], etag: Vec<u8>) {
            let [version, due, fresh_until, checked, wanted, failures, attempts] = numbers;
            let last_modified = b"x".to_vec();
            let record = Record { owner, version, due, fresh_until, checked, wanted, failures, attempts, digest, etag, last_modified };
            prop_assert_eq!(Record::decode(Some(&record.encode()), &owner), record.clone());
            let other = owner.map(|byte| !byte);
            prop_assert_eq!(Record::decode(Some(&record.encode()), &other).version, 0);
        }

        #[test]
        fn any_bytes_are_a_record_or_none(bytes: Vec<u8>) {
            Record::decode(Some(&bytes), &Owner::default());
        }
    }
}
