//! Where counters are.

mod memory;
mod redis;
mod used;

use crate::error::Error;
use limitador::counter::Counter;
use memory::Memory;
use redis::Redis;

/// The counters' place.
pub(crate) enum Store {
    /// One for many processes.
    Redis(Redis),
    /// This process' own.
    Memory(Memory),
}

/// What came of a charge.
#[derive(Debug)]
pub(crate) struct Charged {
    /// Whether some counter had no room; none was charged then.
    pub(crate) limited: bool,
    /// The counters, with what is left of each and until when.
    pub(crate) counters: Vec<Counter>,
}

impl Store {
    /// A store at `redis://host:port`.
    pub(crate) fn redis(url: &str) -> Result<Self, Error> {
        Ok(Self::Redis(Redis::new(url)?))
    }

    /// A store in memory.
    pub(crate) fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// Whether it can be charged.
    pub(crate) async fn is_there(&self) -> bool {
        match self {
            Self::Redis(redis) => redis.is_there().await,
            Self::Memory(_) => true,
        }
    }

    /// Charges all counters `hits` units, or none.
    pub(crate) async fn charge(&self, mut counters: Vec<Counter>, hits: u64) -> Result<Charged, Error> {
        if counters.is_empty() {
            return Ok(Charged {
                limited: false,
                counters,
            });
        }
        let found = match self {
            Self::Redis(redis) => redis.charge(&counters, hits).await?,
            Self::Memory(memory) => memory.charge(&counters, hits)?,
        };
        let mut limited = false;
        for (counter, used) in counters.iter_mut().zip(&found) {
            limited |= used.units.saturating_add(hits) > counter.max_value();
            counter.set_expires_in(used.left.unwrap_or(counter.window()));
        }
        for (counter, used) in counters.iter_mut().zip(&found) {
            let units = if limited {
                used.units
            } else {
                used.units.saturating_add(hits)
            };
            counter.set_remaining(counter.max_value().saturating_sub(units));
        }
        Ok(Charged { limited, counters })
    }
}
