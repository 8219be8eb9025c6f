use http_filter::{Conflict, Shared, Version};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

/// The data that all workers of the process share, in shards that are locked one by one.
pub(crate) struct SharedData {
    shards: [Mutex<Shard>; SHARDS],
}

/// Values and their versions.
type Shard = BTreeMap<String, (Vec<u8>, u32)>;

/// More than there are workers, so that two seldom want the same.
const SHARDS: usize = 64;

static PROCESS: LazyLock<SharedData> = LazyLock::new(|| SharedData {
    shards: std::array::from_fn(|_| Mutex::default()),
});

impl SharedData {
    pub(crate) fn of_process() -> &'static Self {
        &PROCESS
    }

    pub(crate) fn get(&self, key: &str) -> Shared {
        let shard = self.shard(key);
        match shard.as_ref().and_then(|shard| shard.get(key)) {
            Some((value, version)) => Shared {
                value: Some(value.clone()),
                version: Version::Stored(*version),
            },
            None => Shared {
                value: None,
                version: Version::Absent,
            },
        }
    }

    pub(crate) fn set(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        let mut shard = self.shard(key).ok_or(Conflict)?;
        match shard.get_mut(key) {
            Some((stored, current)) => {
                match version {
                    Version::Any => {}
                    Version::Stored(version) if version == *current => {}
                    Version::Stored(_) | Version::Absent => return Err(Conflict),
                }
                stored.clear();
                stored.extend_from_slice(value);
                // Nothing is ever deleted, so a key's versions never begin again.
                *current = current.wrapping_add(1);
            }
            None => {
                shard.insert(key.to_owned(), (value.to_vec(), 1));
            }
        }
        Ok(())
    }

    fn shard(&self, key: &str) -> Option<MutexGuard<'_, Shard>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % SHARDS as u64).ok()?;
        // Nothing panics while it holds a shard, and no value is ever half written.
        Some(
            self.shards
                .get(place)?
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}
