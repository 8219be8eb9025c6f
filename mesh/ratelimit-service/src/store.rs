//! Where counters are.

mod memory;
mod redis;

use crate::error::Error;
use limitador::counter::Counter;
use memory::Memory;
use redis::Redis;
use std::time::Duration;

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

/// What had been used of a counter before a charge, and how much longer its window lasts; no window where none had begun.
pub(crate) struct Used {
    units: u64,
    left: Option<Duration>,
}

impl Store {
    /// A store at `redis://host:port`, or without an address in memory.
    pub(crate) fn new(redis: Option<&str>) -> Result<Self, Error> {
        Ok(match redis {
            Some(url) => Self::Redis(Redis::new(url)?),
            None => Self::Memory(Memory::default()),
        })
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

/// One text per counter, the same in every process: limits and variables are sorted.
fn key(counter: &Counter) -> String {
    format!("ratelimit:{}", serde_json::to_string(counter).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use limitador::limit::{Context, Limit};

    #[test]
    fn a_counters_key_depends_on_its_limit_and_its_values_only() {
        let limit = |max, seconds| Limit::new("edge", max, seconds, [], []);
        let key = |limit: Limit| super::key(&Counter::new(limit, &Context::default()).unwrap().unwrap());
        assert_eq!(
            key(limit(5, 10)),
            key(limit(7, 10)),
            "a raised limit goes on with its count"
        );
        assert_ne!(key(limit(5, 10)), key(limit(5, 20)));
    }
}
