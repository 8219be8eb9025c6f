use std::time::Duration;

/// What a worker has found out about files, for a while: a fixed number of slots, in which a file takes the place of
/// another one now and then.
#[derive(Debug, Default)]
pub(crate) struct Known(Vec<Found>);

#[derive(Clone, Debug, Default)]
struct Found {
    key: Vec<u8>,
    until: Duration,
    /// The media type of what the file holds; `None` where there is no such file.
    content_type: Option<Vec<u8>>,
}

impl Known {
    /// What is known of a file at `now`: nothing, that there is none, or its type.
    pub(crate) fn get(&self, key: &[u8], now: Duration) -> Option<Option<&[u8]>> {
        let found = self.0.get(slot(key)).filter(|found| found.key == key)?;
        (now < found.until).then_some(found.content_type.as_deref())
    }

    /// Remembers what was found, `until` then.
    pub(crate) fn insert(&mut self, key: Vec<u8>, until: Duration, content_type: Option<Vec<u8>>) {
        if self.0.is_empty() {
            self.0.resize(SLOTS, Found::default());
        }
        let slot = slot(&key);
        if let Some(found) = self.0.get_mut(slot) {
            *found = Found {
                key,
                until,
                content_type,
            };
        }
    }
}

/// By FNV-1a. Who finds paths that meet in one slot makes this filter ask more often, as he does with new paths.
fn slot(key: &[u8]) -> usize {
    let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 16)) as usize % SLOTS
}

/// Six megabytes at the very most, since keys are bounded, see [`crate::precompressed::Search`]; with paths of fifty bytes, half of one.
const SLOTS: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_was_found_is_known_until_its_time() {
        let mut known = Known::default();
        known.insert(b"a".to_vec(), at(10), None);
        known.insert(b"b".to_vec(), at(10), Some(b"text/css".to_vec()));
        assert_eq!(known.get(b"a", at(9)), Some(None));
        assert_eq!(known.get(b"b", at(9)), Some(Some(b"text/css".as_slice())));
        assert_eq!(known.get(b"c", at(9)), None);
        assert_eq!(known.get(b"a", at(10)), None);
        known.insert(b"a".to_vec(), at(20), Some(b"text/html".to_vec()));
        assert_eq!(known.get(b"a", at(19)), Some(Some(b"text/html".as_slice())));
    }

    #[test]
    fn it_holds_a_fixed_number_and_mistakes_none() {
        let mut known = Known::default();
        for number in 0..SLOTS * 3 {
            let key = format!("/assets/{number}.js.br");
            known.insert(key.clone().into_bytes(), at(10), Some(key.into_bytes()));
        }
        assert_eq!(known.0.len(), SLOTS);
        let mut held = 0;
        for number in 0..SLOTS * 3 {
            let key = format!("/assets/{number}.js.br");
            if let Some(found) = known.get(key.as_bytes(), at(0)) {
                assert_eq!(found, Some(key.as_bytes()));
                held += 1;
            }
        }
        assert!(held > SLOTS * 3 / 4, "{held} of {SLOTS} slots are used");
    }
}
