//! Counters in Redis. limitador's own storage would need OpenSSL, and charges in two steps, so that two proxies at once
//! get more than the limit; here one script checks all counters and charges all or none.

use super::used::{Used, key};
use crate::error::Error;
use limitador::counter::Counter;
use redis::{
    Client, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use std::time::Duration;

/// Connects when it's first needed, and again whenever Redis was away.
pub(crate) struct Redis {
    redis: ConnectionManager,
    charge: Script,
}

impl Redis {
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

    /// Charges all counters `hits` units, or none; what had been used of each.
    pub(crate) async fn charge(&self, counters: &[Counter], hits: u64) -> Result<Vec<Used>, Error> {
        let mut script = self.charge.prepare_invoke();
        script.arg(hits);
        for counter in counters {
            script
                .key(key(counter))
                .arg(counter.max_value())
                .arg(counter.window().as_millis() as u64);
        }
        let found: Vec<(u64, i64)> = script.invoke_async(&mut self.redis.clone()).await?;
        let used = |(units, left): (u64, i64)| Used {
            units,
            left: u64::try_from(left).ok().map(Duration::from_millis),
        };
        Ok(found.into_iter().map(used).collect())
    }
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
