use http_filter::{Host, update};
use sha2::{Digest, Sha256};
use std::rc::Rc;

/// A response that clients may hold too.
#[derive(Debug)]
pub(crate) struct Dictionary {
    /// Its host and hash, as one: a dictionary of one origin is none of another's.
    pub key: [u8; 32],
    /// The SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// Host, target and validator of the response; not known where another worker kept it.
    pub source: Option<Vec<u8>>,
    pub bytes: Vec<u8>,
}

/// The dictionaries that a worker keeps, the one used last at the end; the one used first goes first. What one worker
/// keeps it offers to the others through slots of shared data, whose number is fixed.
#[derive(Debug)]
pub(crate) struct Store {
    kept: Vec<Rc<Dictionary>>,
    memory: usize,
}

impl Store {
    pub(crate) fn new(memory: usize) -> Self {
        Self {
            kept: Vec::new(),
            memory,
        }
    }

    /// The dictionary with this hash, of this host: kept here, or by another worker.
    pub(crate) fn find(
        &mut self,
        authority: &[u8],
        hash: &[u8; 32],
        host: &dyn Host,
    ) -> Option<Rc<Dictionary>> {
        let key = key(authority, hash);
        if let Some(index) = self.kept.iter().position(|dictionary| dictionary.key == key) {
            let dictionary = self.kept.remove(index);
            self.kept.push(Rc::clone(&dictionary));
            return Some(dictionary);
        }
        let index = host.shared_data(INDEX).value?;
        let slot = index.chunks(32).position(|other| other == key)?;
        let bytes = host.shared_data(&slot_key(slot)).value?;
        // Another worker may have put another one there since, and only what has this hash is this dictionary.
        if Sha256::digest(&bytes).as_slice() != hash {
            return None;
        }
        let dictionary = Dictionary {
            key,
            hash: *hash,
            source: None,
            bytes,
        };
        Some(self.push(dictionary))
    }

    /// Whether the response of this host, target and validator is kept.
    pub(crate) fn knows(&self, source: &[u8]) -> bool {
        self.kept
            .iter()
            .any(|dictionary| dictionary.source.as_deref() == Some(source))
    }

    /// Keeps a dictionary, here and for the other workers.
    pub(crate) fn keep(&mut self, dictionary: Dictionary, host: &dyn Host) {
        self.kept.retain(|other| other.key != dictionary.key);
        let dictionary = self.push(dictionary);
        let slot = usize::from(dictionary.key.first().copied().unwrap_or_default()) % SLOTS;
        let stored = update(host, &slot_key(slot), ATTEMPTS, |_| {
            ((), Some(dictionary.bytes.clone()))
        });
        if stored.is_err() {
            // Others are busy with that slot. They do without this one, as they would had it been pushed out.
            return;
        }
        let _: Result<(), http_filter::Conflict> = update(host, INDEX, ATTEMPTS, |index| {
            let mut index = index.unwrap_or_default().to_vec();
            index.resize(SLOTS * 32, 0);
            if let Some(entry) = index.get_mut(slot * 32..slot * 32 + 32) {
                entry.copy_from_slice(&dictionary.key);
            }
            ((), Some(index))
        });
    }

    fn push(&mut self, dictionary: Dictionary) -> Rc<Dictionary> {
        let dictionary = Rc::new(dictionary);
        self.kept.push(Rc::clone(&dictionary));
        let mut size: usize = self.kept.iter().map(|kept| kept.bytes.len()).sum();
        while size > self.memory && self.kept.len() > 1 {
            size -= self.kept.remove(0).bytes.len();
        }
        dictionary
    }
}

/// Host and hash as one key.
pub(crate) fn key(authority: &[u8], hash: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(authority)
        .chain_update([0])
        .chain_update(hash)
        .finalize()
        .into()
}

fn slot_key(slot: usize) -> String {
    ["compression-negotiation/dictionary/", &slot.to_string()].concat()
}

/// Sixteen dictionaries of at most `max_size` bytes each stay in the process for good.
const SLOTS: usize = 16;
const INDEX: &str = "compression-negotiation/dictionaries";
const ATTEMPTS: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use http_filter_test::FakeHost;

    fn dictionary(authority: &str, text: &str) -> Dictionary {
        let hash = Sha256::digest(text).into();
        Dictionary {
            key: key(authority.as_bytes(), &hash),
            hash,
            source: Some(text.into()),
            bytes: text.into(),
        }
    }

    #[test]
    fn a_dictionary_is_its_own_hosts() {
        let host = FakeHost::default();
        let mut store = Store::new(100);
        let kept = dictionary("a", "text");
        let hash = kept.hash;
        store.keep(kept, &host);
        assert!(store.find(b"a", &hash, &host).is_some());
        assert!(store.find(b"b", &hash, &host).is_none());
        assert!(store.find(b"a", &[0; 32], &host).is_none());
    }

    #[test]
    fn workers_share() {
        let host = FakeHost::default();
        let kept = dictionary("a", "text");
        let hash = kept.hash;
        Store::new(100).keep(kept, &host);
        let mut other = Store::new(100);
        assert_eq!(
            other.find(b"a", &hash, &host).map(|found| found.bytes.clone()),
            Some(b"text".to_vec())
        );
        let calls = host.host_calls();
        assert!(other.find(b"a", &hash, &host).is_some());
        assert_eq!(host.host_calls(), calls, "the second time it is here");
    }

    #[test]
    fn memory_and_keys_are_bounded() {
        let host = FakeHost::default();
        let mut store = Store::new(50);
        for at in 0..200 {
            store.keep(dictionary("a", &format!("dictionary {at:04}")), &host);
        }
        assert_eq!(store.kept.len(), 3);
        assert!(store.knows(b"dictionary 0199") && !store.knows(b"dictionary 0000"));
        assert!(host.shared_keys().len() <= SLOTS + 1);
    }

    #[test]
    fn what_was_used_stays() {
        let host = FakeHost::default();
        let mut store = Store::new(30);
        let first = dictionary("a", "dictionary 1");
        let hash = first.hash;
        store.keep(first, &host);
        store.keep(dictionary("a", "dictionary 2"), &host);
        assert!(store.find(b"a", &hash, &host).is_some());
        store.keep(dictionary("a", "dictionary 3"), &host);
        assert!(store.knows(b"dictionary 1") && !store.knows(b"dictionary 2"));
    }

    #[test]
    fn a_slot_that_was_overwritten_is_no_dictionary() {
        let host = FakeHost::default();
        let kept = dictionary("a", "text");
        let (hash, slot) = (kept.hash, usize::from(kept.key[0]) % SLOTS);
        Store::new(100).keep(kept, &host);
        update(&host, &slot_key(slot), 1, |_| ((), Some(b"other".to_vec()))).unwrap();
        assert!(Store::new(100).find(b"a", &hash, &host).is_none());
    }
}
