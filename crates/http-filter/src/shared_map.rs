use crate::{Conflict, Shared, Version};
use std::collections::BTreeMap;

/// Shared data in memory, with Envoy's semantics, for hosts that bring none of their own. Nothing is ever deleted, so a key's
/// versions never begin again.
#[derive(Clone, Debug, Default)]
pub struct SharedMap(BTreeMap<String, (Vec<u8>, u32)>);

impl SharedMap {
    /// The value stored under `key`, and its version.
    pub fn get(&self, key: &str) -> Shared {
        self.0.get(key).map_or(Shared::ABSENT, |(value, version)| Shared {
            value: Some(value.clone()),
            version: Version::Stored(*version),
        })
    }

    /// Stores `value` under `key`. For a key that doesn't exist yet, any version will do.
    ///
    /// # Errors
    /// When another value is stored than that of `version`.
    pub fn set(&mut self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        let Some((stored, current)) = self.0.get_mut(key) else {
            self.0.insert(key.to_owned(), (value.to_vec(), 1));
            return Ok(());
        };
        match version {
            Version::Any => {}
            Version::Stored(version) if version == *current => {}
            Version::Stored(_) | Version::Absent => return Err(Conflict),
        }
        stored.clear();
        stored.extend_from_slice(value);
        *current = current.wrapping_add(1);
        Ok(())
    }

    /// The keys, in order: they are never deleted, so their number is memory.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_by_an_older_version_loses() {
        let mut map = SharedMap::default();
        for (name, version, expected) in [
            ("a version of a key that isn't there", Version::Stored(7), Ok(())),
            (
                "the first writer of a key that is",
                Version::Absent,
                Err(Conflict),
            ),
            ("an older version", Version::Stored(7), Err(Conflict)),
            ("the current version", Version::Stored(1), Ok(())),
            ("that again", Version::Stored(1), Err(Conflict)),
            ("whichever", Version::Any, Ok(())),
        ] {
            assert_eq!(map.set("a", name.as_bytes(), version), expected, "{name}");
        }
        let expected = Shared {
            value: Some(b"whichever".to_vec()),
            version: Version::Stored(3),
        };
        assert_eq!(map.get("a"), expected);
        assert_eq!(map.get("b").version, Version::Absent);
        assert_eq!(map.keys().collect::<Vec<_>>(), ["a"]);
    }
}
