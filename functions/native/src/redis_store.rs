//! Values in Redis: they outlive the program, and all copies of it share them.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use functions_handler::{Store, StoreError};
use redis::{Client, Commands as _, Connection, RedisError};

/// A store in the Redis at an address such as `redis://redis:6379`, over one connection, which is made anew after it broke.
pub(crate) struct RedisStore {
    client: Client,
    connection: Mutex<Option<Connection>>,
}

impl RedisStore {
    /// Connects with the first request, not now.
    ///
    /// # Errors
    /// When that's no address.
    pub(crate) fn at(address: &str) -> Result<Self, RedisError> {
        Ok(Self {
            client: Client::open(address)?,
            connection: Mutex::new(None),
        })
    }

    fn with<T>(&self, ask: impl FnOnce(&mut Connection) -> Result<T, RedisError>) -> Result<T, StoreError> {
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let connect = || {
            let connection = self.client.get_connection_with_timeout(PATIENCE)?;
            connection.set_read_timeout(Some(PATIENCE))?;
            connection.set_write_timeout(Some(PATIENCE))?;
            Ok::<_, RedisError>(connection)
        };
        let mut connection = match held.take() {
            Some(connection) => connection,
            None => connect().map_err(|_| StoreError::Away)?,
        };
        // One whose answer did not come is not asked again: the next answer would be to this question.
        let answer = ask(&mut connection).map_err(|_| StoreError::Away)?;
        *held = Some(connection);
        Ok(answer)
    }
}

impl Store for RedisStore {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|redis| redis.get(named(key)))
    }

    fn set(&self, key: &str, value: &[u8], time: Duration) -> Result<(), StoreError> {
        // To Redis a time of zero is a mistake.
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        self.with(|redis| redis.pset_ex(named(key), value, milliseconds))
    }

    fn remove(&self, key: &str) -> Result<bool, StoreError> {
        self.with(|redis| redis.del(named(key)))
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the address, which may hold a password.
        f.write_str("RedisStore")
    }
}

/// Others may keep their keys in the same Redis.
fn named(key: &str) -> String {
    format!("edge-functions:{key}")
}

/// How long a request waits for it.
const PATIENCE: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

    use super::*;
    use std::process::{Child, Command, Stdio};
    use std::time::Instant;

    struct Server(Child);

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn free_port() -> u16 {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    fn eventually<T: PartialEq + fmt::Debug>(expected: &T, ask: impl Fn() -> T) {
        let begun = Instant::now();
        while ask() != *expected && begun.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(ask(), *expected);
    }

    #[test]
    fn values_are_kept_for_their_time_and_its_absence_is_told() {
        let port = free_port();
        let store = RedisStore::at(&format!("redis://127.0.0.1:{port}")).unwrap();
        assert_eq!(store.get("a"), Err(StoreError::Away), "nobody listens yet");
        let start = || {
            let mut command = Command::new("redis-server");
            command.args(["--port", &port.to_string(), "--save", "", "--bind", "127.0.0.1"]);
            command.stdout(Stdio::null()).spawn().map(Server)
        };
        let Ok(server) = start() else {
            eprintln!("SKIPPED: native: values in Redis: redis-server is not installed");
            assert!(std::env::var_os("EDGE_NO_SKIP").is_none(), "EDGE_NO_SKIP is set");
            return;
        };
        eventually(&Ok(None), || store.get("a"));
        assert_eq!(store.set("a", b"one\xff", Duration::from_secs(60)), Ok(()));
        assert_eq!(store.get("a"), Ok(Some(b"one\xff".to_vec())));
        assert_eq!(store.set("a", b"two", Duration::from_millis(50)), Ok(()));
        eventually(&Ok(None), || store.get("a"));
        assert_eq!(store.set("b", b"", Duration::from_secs(60)), Ok(()));
        assert_eq!((store.remove("b"), store.remove("b")), (Ok(true), Ok(false)));
        drop(server);
        assert_eq!(store.get("a"), Err(StoreError::Away), "it has gone");
        let _server = start().unwrap();
        eventually(&Ok(None), || store.get("a"));
    }

    #[test]
    fn an_address_is_one() {
        assert!(RedisStore::at("http://redis").is_err());
    }
}
