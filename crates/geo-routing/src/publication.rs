use geo_database::Bytes;
use http_filter::{Conflict, Host, Version, update};

/// Where the fetched database lies for all workers: a short description under one key, and the bytes under another, so that
/// looking whether there is something new never copies the bytes.
pub(crate) struct Publication {
    description: String,
    body: String,
}

/// The description of what is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Published {
    /// Tells this database from the one before; 0 when there is none yet.
    pub(crate) version: u64,
    /// When to look for a newer one, in seconds since the Unix epoch.
    pub(crate) due: u64,
    /// How often looking has failed since it last went well.
    pub(crate) failures: u32,
    /// The SHA-256 of the bytes.
    pub(crate) digest: [u8; 32],
    /// The validators that came with it; empty for none.
    pub(crate) etag: Vec<u8>,
    pub(crate) last_modified: Vec<u8>,
}

impl Publication {
    pub(crate) fn new(key: &str) -> Self {
        Self {
            description: [key, "/description"].concat(),
            body: [key, "/body"].concat(),
        }
    }

    /// The description; an empty one where nothing readable was ever published.
    pub(crate) fn read(&self, host: &dyn Host) -> Published {
        let shared = host.shared_data(&self.description);
        shared
            .value
            .and_then(|bytes| Published::decode(&bytes))
            .unwrap_or_default()
    }

    /// The bytes, if they are those of `version`.
    pub(crate) fn body(&self, host: &dyn Host, version: u64) -> Option<Bytes> {
        let bytes = host.shared_data(&self.body).value?;
        let (rest, stored) = bytes.split_last_chunk()?;
        let length = rest.len();
        (u64::from_le_bytes(*stored) == version).then(|| Bytes::first(bytes, length))
    }

    /// Bytes as [`publish`](Self::publish) wants them: their version behind them, so that nothing is copied to put it there. The
    /// memory of a module never shrinks, and a database may be the most of it.
    pub(crate) fn marked(mut bytes: Vec<u8>, version: u64) -> Bytes {
        let length = bytes.len();
        bytes.extend_from_slice(&version.to_le_bytes());
        Bytes::first(bytes, length)
    }

    /// Publishes a database: the bytes first, then what makes workers read them. `false` when other workers were faster every time.
    pub(crate) fn publish(&self, host: &dyn Host, published: &Published, bytes: &Bytes) -> bool {
        // Should two workers publish at once, the last one's bytes stay; who looks for the other's doesn't take them for it.
        host.set_shared_data(&self.body, bytes.with_rest(), Version::Any)
            .is_ok()
            && self.describe(host, |_| published.clone()).is_ok()
    }

    /// Sets when to look again.
    pub(crate) fn schedule(&self, host: &dyn Host, due: u64, failures: u32) {
        // Another worker that was faster has scheduled its own look.
        let _: Result<(), Conflict> = self.describe(host, |known| Published {
            due,
            failures,
            ..known
        });
    }

    fn describe(&self, host: &dyn Host, change: impl Fn(Published) -> Published) -> Result<(), Conflict> {
        update(host, &self.description, ATTEMPTS, |bytes| {
            let known = bytes.and_then(Published::decode).unwrap_or_default();
            ((), Some(change(known).encode()))
        })
    }
}

const ATTEMPTS: u32 = 4;

impl Published {
    /// The version of the database with this digest.
    pub(crate) fn version_of(digest: &[u8; 32]) -> u64 {
        digest.first_chunk().copied().map_or(1, u64::from_le_bytes).max(1)
    }

    /// Whether it's the database with this digest.
    pub(crate) fn is(&self, digest: &[u8; 32]) -> bool {
        self.version != 0 && self.digest == *digest
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&self.due.to_le_bytes());
        bytes.extend_from_slice(&self.failures.to_le_bytes());
        bytes.extend_from_slice(&self.digest);
        for field in [&self.etag, &self.last_modified] {
            bytes.extend_from_slice(&(field.len() as u16).to_le_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first_chunk()?;
        let (due, rest) = rest.split_first_chunk()?;
        let (failures, rest) = rest.split_first_chunk()?;
        let (digest, rest) = rest.split_first_chunk()?;
        let (etag, rest) = field(rest)?;
        let (last_modified, _) = field(rest)?;
        Some(Self {
            version: u64::from_le_bytes(*version),
            due: u64::from_le_bytes(*due),
            failures: u32::from_le_bytes(*failures),
            digest: *digest,
            etag,
            last_modified,
        })
    }
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

    proptest! {
        #[test]
        fn descriptions_are_read_back(version: u64, due: u64, failures: u32, digest: [u8; 32], etag: Vec<u8>) {
            let published = Published { version, due, failures, digest, etag, last_modified: b"x".to_vec() };
            prop_assert_eq!(Published::decode(&published.encode()), Some(published));
        }

        #[test]
        fn any_bytes_are_a_description_or_none(bytes: Vec<u8>) {
            Published::decode(&bytes);
        }
    }
}
