//! The event loop: one listener, many connections, one thread.

#![allow(
    clippy::disallowed_methods,
    reason = "the one place of the backend that reads the clock"
)]

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use functions_handler::{MemoryStore, Place, Store};
use functions_http1::Connection;
use wasmedge_wasi_socket::poll::{Event, EventType, Subscription, poll};
use wasmedge_wasi_socket::{TcpListener, TcpStream};

/// Serves until the process is ended.
pub(crate) fn serve(address: &str, place: Place) -> io::Result<()> {
    let listener = TcpListener::bind(address, true)?;
    #[allow(clippy::print_stdout, reason = "tells whoever started it that it listens")]
    {
        println!("Serving HTTP on http://{address}/");
    }
    let place = Arc::new(place);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(SystemTime::now));
    let connection = || Connection::new(Arc::clone(&place), SystemTime::now()).with_store(Arc::clone(&store));
    let mut clients = BTreeMap::new();
    let mut next = LISTENER + 1;
    loop {
        for event in poll(&subscriptions(&listener, &clients))? {
            match event {
                Event {
                    userdata: LISTENER, ..
                } => accept(&listener, &mut clients, &mut next, &connection),
                Event { userdata, event_type } => {
                    let over = clients
                        .get_mut(&userdata)
                        .is_some_and(|client: &mut Client| client.on(&event_type));
                    if over {
                        clients.remove(&userdata);
                    }
                }
            }
        }
    }
}

struct Client {
    stream: TcpStream,
    connection: Connection,
}

impl Client {
    /// `true` when the connection is over.
    fn on(&mut self, event: &EventType) -> bool {
        let now = SystemTime::now();
        let done = match event {
            EventType::Read => self.read(now),
            // `send` below does it.
            EventType::Write => Ok(()),
            EventType::Timeout => {
                self.connection.wake(now);
                Ok(())
            }
            EventType::Error(error) => Err(io::Error::from(error.kind())),
        };
        done.and_then(|()| self.send(now)).is_err() || self.connection.is_over()
    }

    fn read(&mut self, now: SystemTime) -> io::Result<()> {
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => self.connection.client_is_done(),
            Ok(count) => self
                .connection
                .receive(bytes.get(..count).unwrap_or_default(), now),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn send(&mut self, now: SystemTime) -> io::Result<()> {
        while !self.connection.output().is_empty() {
            match self.stream.write(self.connection.output()) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.connection.sent(count, now),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn accept(
    listener: &TcpListener,
    clients: &mut BTreeMap<u64, Client>,
    next: &mut u64,
    connection: &dyn Fn() -> Connection,
) {
    // A client that is gone again before it is accepted is no loss; neither is one that comes again.
    if let Ok((stream, _)) = listener.accept(true) {
        clients.insert(
            *next,
            Client {
                stream,
                connection: connection(),
            },
        );
        *next += 1;
    }
}

fn subscriptions(listener: &TcpListener, clients: &BTreeMap<u64, Client>) -> Vec<Subscription> {
    let mut wanted = Vec::with_capacity(clients.len() * 2 + 1);
    if clients.len() < MAX_CLIENTS {
        wanted.push(Subscription::io(LISTENER, listener, true, false, None));
    }
    let mut earliest: Option<(SystemTime, u64)> = None;
    for (id, client) in clients {
        let (read, write) = (
            client.connection.wants_input(),
            !client.connection.output().is_empty(),
        );
        if read || write {
            wanted.push(Subscription::io(*id, &client.stream, read, write, None));
        }
        let at = client.connection.wakes_at();
        if earliest.is_none_or(|(time, _)| at < time) {
            earliest = Some((at, *id));
        }
    }
    // One clock for all: the runtime goes through its list at every call.
    if let Some((at, id)) = earliest {
        wanted.push(Subscription::timeout(
            id,
            at.max(SystemTime::UNIX_EPOCH + Duration::from_secs(1)),
        ));
    }
    wanted
}

const LISTENER: u64 = 0;
const MAX_CLIENTS: usize = 512;
