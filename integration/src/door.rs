//! A door before a server: while it's closed, connections are refused and those there were are cut.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The way to a server, at an address that stays while servers come and go. It closes when it's dropped.
pub struct Door {
    address: SocketAddr,
    server: SocketAddr,
    opened: Option<Opened>,
}

struct Opened {
    closing: Arc<AtomicBool>,
    through: Arc<Mutex<Vec<TcpStream>>>,
    doorman: JoinHandle<()>,
}

impl Door {
    /// An open door to `server`.
    pub fn open_to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            server,
            opened: Some(Opened::with(listener, server)),
        }
    }

    /// A closed door to `server`.
    pub fn closed_to(server: SocketAddr) -> Self {
        let mut door = Self::open_to(server);
        door.close();
        door
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses connections from now on, and cuts those there are.
    pub fn close(&mut self) {
        if let Some(opened) = self.opened.take() {
            opened.closing.store(true, Ordering::Relaxed);
            opened.doorman.join().unwrap();
            for stream in opened.through.lock().unwrap().drain(..) {
                // It may have ended by itself.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Lets connections through from now on.
    pub fn open(&mut self) {
        if self.opened.is_none() {
            let listener = TcpListener::bind(self.address).unwrap();
            self.opened = Some(Opened::with(listener, self.server));
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close();
    }
}

impl Opened {
    fn with(listener: TcpListener, server: SocketAddr) -> Self {
        // So that the doorman looks up now and then.
        listener.set_nonblocking(true).unwrap();
        let (closing, through) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let (told, streams) = (Arc::clone(&closing), Arc::clone(&through));
        let doorman = thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((client, _)) => drop(forward(client, server, &streams)),
                    Err(_) => thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        Self {
            closing,
            through,
            doorman,
        }
    }
}

/// Carries bytes in both directions until one side ends.
fn forward(client: TcpStream, server: SocketAddr, through: &Mutex<Vec<TcpStream>>) -> io::Result<()> {
    client.set_nonblocking(false)?;
    let server = TcpStream::connect(server)?;
    for (from, to) in [(&client, &server), (&server, &client)] {
        from.set_nodelay(true)?;
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
            let _ = from.shutdown(Shutdown::Both);
        });
    }
    through.lock().unwrap().extend([client, server]);
    Ok(())
}
