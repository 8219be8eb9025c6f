//! The function backend as an ordinary program, a thread for each connection: what `make bench-functions` holds the Wasm
//! runtimes against.
//!
//! ```sh
//! ADDRESS=127.0.0.1:8080 REGION=eu cargo run --release -p functions-native
//! ```

#![allow(
    clippy::disallowed_methods,
    reason = "the one place of the backend that reads the clock"
)]

mod deadline;
#[cfg(feature = "redis")]
mod redis_store;

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use deadline::Deadlines;
use functions_handler::{MemoryStore, Place, Store};
use functions_http1::Connection;

fn main() -> io::Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let address = variable("ADDRESS").unwrap_or_else(|| "0.0.0.0:8080".to_owned());
    let place = Arc::new(Place::named_by(variable, "native"));
    let store = store(variable("REDIS"))?;
    let deadlines = Deadlines::default();
    deadlines.enforce(REQUEST);
    for stream in TcpListener::bind(address)?.incoming() {
        // A client that is gone again before it is accepted is no loss.
        let Ok(stream) = stream else { continue };
        let connection =
            Connection::new(Arc::clone(&place), SystemTime::now()).with_store(Arc::clone(&store));
        let deadlines = deadlines.clone();
        // Neither is one that breaks off later.
        std::thread::spawn(move || drop(serve(stream, connection, &deadlines)));
    }
    Ok(())
}

/// In Redis, where an address says which; else in this program's memory.
#[cfg(feature = "redis")]
fn store(address: Option<String>) -> io::Result<Arc<dyn Store>> {
    Ok(match address {
        Some(address) => Arc::new(redis_store::RedisStore::at(&address).map_err(io::Error::other)?),
        None => Arc::new(MemoryStore::new(SystemTime::now)),
    })
}

/// In this program's memory.
#[cfg(not(feature = "redis"))]
fn store(address: Option<String>) -> io::Result<Arc<dyn Store>> {
    match address {
        Some(_) => Err(io::Error::other(
            "REDIS is set, and this was built without the feature redis",
        )),
        None => Ok(Arc::new(MemoryStore::new(SystemTime::now))),
    }
}

fn serve(mut stream: TcpStream, mut connection: Connection, deadlines: &Deadlines) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = [0; 16 * 1024];
    while !connection.is_over() {
        let now = SystemTime::now();
        if !connection.output().is_empty() {
            let count = stream.write(connection.output())?;
            connection.sent(count, now);
            continue;
        }
        let wait = connection.wakes_at().duration_since(now).unwrap_or_default();
        if !connection.wants_input() {
            std::thread::sleep(wait);
            connection.wake(SystemTime::now());
            continue;
        }
        // A timeout of nothing would mean none.
        stream.set_read_timeout(Some(wait.max(Duration::from_millis(1))))?;
        match stream.read(&mut bytes) {
            Ok(0) => connection.client_is_done(),
            Ok(count) => {
                let arrived = bytes.get(..count).unwrap_or_default();
                deadlines.within(|| connection.receive(arrived, SystemTime::now()));
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                connection.wake(SystemTime::now());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How long a request may be worked on.
const REQUEST: Duration = Duration::from_secs(1);
