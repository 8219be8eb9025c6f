//! Counters in Redis. limitador's own storage would need OpenSSL, and charges in two steps, so that two proxies at once
//! get more than the limit; here one script checks all counters and charges all or none.

use crate::error::Error;
use limitador::counter::Counter;
use redis::{
    Client, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use std::time::Duration;

/// The counters' place. Connects when it's first needed, and again whenever Redis was away.
pub(crate) struct Store {
    redis: ConnectionManager,
    charge: Script,
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
    pub(crate) fn new(url: &str) -> Result<Self, Error> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_millis(50));
        Ok(Self {
            redis: ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?,
            charge: Script::new(CHARGE),
        })
    }

    /// Whether Redis answers.
    pub(crate) async fn is_there(&self) -> bool {
        let answer = redis::cmd("PING")
            .query_async::<String>(&mut self.redis.clone())
            .await;
        answer.is_ok()
    }

    /// Charges all counters `hits` units, or none.
    pub(crate) async fn charge(&self, mut counters: Vec<Counter>, hits: u64) -> Result<Charged, Error> {
        if counters.is_empty() {
            return Ok(Charged {
                limited: false,
                counters,
            });
        }
        let mut script = self.charge.prepare_invoke();
        script.arg(hits);
        for counter in &counters {
            script
                .key(key(counter))
                .arg(counter.max_value())
                .arg(counter.window().as_millis() as u64);
        }
        let found: Vec<(u64, i64)> = script.invoke_async(&mut self.redis.clone()).await?;
        let mut limited = false;
        for (counter, (used, left)) in counters.iter_mut().zip(&found) {
            limited |= used.saturating_add(hits) > counter.max_value();
            counter.set_expires_in(u64::try_from(*left).map_or(counter.window(), Duration::from_millis));
        }
        for (counter, (used, _)) in counters.iter_mut().zip(&found) {
            let used = if limited { *used } else { used.saturating_add(hits) };
            counter.set_remaining(counter.max_value().saturating_sub(used));
        }
        Ok(Charged { limited, counters })
    }
}

/// One text per counter, the same in every process: limits and variables are sorted.
fn key(counter: &Counter) -> String {
    format!("ratelimit:{}", serde_json::to_string(counter).unwrap_or_default())
}

/// How long Redis may take to connect, and to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Keys: the counters. Arguments: the units, then for each counter its limit and its window in milliseconds. Returns what
/// was used of each before, and how many milliseconds its window still lasts.
const CHARGE: &str = r"
local hits, room, found = tonumber(ARGV[1]), true, {}
for i, key in ipairs(KEYS) do
  local used = tonumber(redis.call('get', key) or '0')
  found[i] = {used, redis.call('pttl', key)}
  room = room and used + hits <= tonumber(ARGV[2 * i])
end
if room then
  for i, key in ipairs(KEYS) do
    redis.call('incrby', key, hits)
    if found[i][2] < 0 then redis.call('pexpire', key, ARGV[2 * i + 1]) end
  end
end
return found";

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
