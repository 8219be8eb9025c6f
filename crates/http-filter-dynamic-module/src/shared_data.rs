use http_filter::{Conflict, Shared, SharedMap, Version};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

/// The data that all workers of the process share, in shards that are locked one by one.
pub(crate) struct SharedData {
    shards: [Mutex<SharedMap>; SHARDS],
}

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
        self.shard(key).map_or(Shared::ABSENT, |shard| shard.get(key))
    }

    pub(crate) fn set(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        self.shard(key).ok_or(Conflict)?.set(key, value, version)
    }

    fn shard(&self, key: &str) -> Option<MutexGuard<'_, SharedMap>> {
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
