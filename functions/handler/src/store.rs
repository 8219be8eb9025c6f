//! What outlives a request, where the runtime has something that does.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Values by key, each for a time.
pub trait Store: Debug + Send + Sync {
    /// The value of a key whose time is not over.
    ///
    /// # Errors
    /// [`StoreError::Away`] when whatever keeps the values doesn't answer.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps a value for this time, in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`] when it can't.
    fn set(&self, key: &str, value: &[u8], time: Duration) -> Result<(), StoreError>;

    /// Forgets a value; `false` where there was none.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn remove(&self, key: &str) -> Result<bool, StoreError>;
}

/// Why a value can't be read or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Whatever keeps the values doesn't answer.
    #[error("what keeps the values does not answer")]
    Away,
    /// There are as many values as may be.
    #[error("there are as many values as may be kept")]
    Full,
}

/// A store in the function's own memory: gone with it, and never more than [`MAX_VALUES`] values.
#[derive(Debug)]
pub struct MemoryStore {
    now: fn() -> SystemTime,
    values: Mutex<BTreeMap<String, (SystemTime, Vec<u8>)>>,
}

impl MemoryStore {
    /// An empty one, by this clock.
    #[must_use]
    pub fn new(now: fn() -> SystemTime) -> Self {
        Self {
            now,
            values: Mutex::default(),
        }
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = values.get(key).filter(|(until, _)| *until > (self.now)());
        Ok(kept.map(|(_, value)| value.clone()))
    }

    fn set(&self, key: &str, value: &[u8], time: Duration) -> Result<(), StoreError> {
        let now = (self.now)();
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() >= MAX_VALUES && !values.contains_key(key) {
            values.retain(|_, (until, _)| *until > now);
            if values.len() >= MAX_VALUES {
                return Err(StoreError::Full);
            }
        }
        values.insert(key.to_owned(), (now + time, value.to_vec()));
        Ok(())
    }

    fn remove(&self, key: &str) -> Result<bool, StoreError> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(values.remove(key).is_some_and(|(until, _)| until > (self.now)()))
    }
}

/// The most values in a [`MemoryStore`]: with the longest of them 4 MiB.
pub const MAX_VALUES: usize = 1024;
