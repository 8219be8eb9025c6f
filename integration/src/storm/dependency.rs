//! A server that filters depend on, and that fails as it's told.

use super::{
    content::{HUGE, noise},
    grpc,
    state::{LATE, SLOW, State, TRICKLE},
};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    runtime,
    sync::watch,
    task::LocalSet,
    time,
};

/// What it serves when all is well.
#[derive(Clone)]
pub enum Serving {
    /// One document, whatever is asked for, over HTTP/1.1: its media type and its bytes.
    Document(&'static str, Arc<[u8]>),
    /// "OK" to every question to a rate limit service, over HTTP/2.
    Limits,
}

/// A running server. It serves until the process ends.
#[derive(Clone)]
pub struct Dependency {
    address: SocketAddr,
    state: watch::Sender<Option<State>>,
}

impl Dependency {
    /// Starts one in this state; `None` for one that is well.
    ///
    /// # Panics
    /// When there is no free address.
    pub fn start(serving: Serving, state: Option<State>) -> Self {
        let (state, states) = watch::channel(state);
        let (told, address) = mpsc::channel();
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let server = async {
                let socket = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
                told.send(socket.local_addr().unwrap()).unwrap();
                serve(socket, serving, states).await;
            };
            LocalSet::new().block_on(&runtime, server);
        });
        Self {
            address: address.recv().unwrap(),
            state,
        }
    }

    /// Where it listens, when it does.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it does from now on. Connections that there are are cut.
    pub fn become_so(&self, state: Option<State>) {
        self.state.send_replace(state);
    }
}

fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

/// A socket that is bound and doesn't listen refuses connections, and keeps its address.
async fn serve(mut socket: TcpSocket, serving: Serving, mut states: watch::Receiver<Option<State>>) {
    let address = socket.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    loop {
        let state = *states.borrow_and_update();
        if state == Some(State::Down) {
            if states.changed().await.is_err() {
                return;
            }
            continue;
        }
        let listener = socket.listen(BACKLOG).unwrap();
        let connections = LocalSet::new();
        let accepting = async {
            while let Ok((stream, _)) = listener.accept().await {
                let (serving, asked) = (serving.clone(), Arc::clone(&asked));
                tokio::task::spawn_local(
                    async move { serve_connection(stream, &serving, state, &asked).await },
                );
            }
        };
        // Whatever is served when the state changes ends with the set.
        tokio::select! {
            () = connections.run_until(accepting) => return,
            changed = states.changed() => if changed.is_err() { return },
        }
        drop(connections);
        drop(listener);
        socket = bind(address);
    }
}

async fn serve_connection(
    stream: TcpStream,
    serving: &Serving,
    state: Option<State>,
    asked: &AtomicUsize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match (state, serving) {
        (Some(State::Hang), _) => {
            time::sleep(Duration::from_secs(3600)).await;
            Ok(())
        }
        (_, Serving::Document(kind, document)) => documents(stream, kind, document, state, asked).await,
        (Some(State::Reset | State::Close | State::NoHttp | State::Tls), Serving::Limits) => {
            raw(stream, state.unwrap_or(State::Close)).await
        }
        (_, Serving::Limits) => grpc::serve(stream, state, asked).await.map_err(io::Error::other),
    }
}

/// What isn't even HTTP, once something has been said.
async fn raw(mut stream: TcpStream, state: State) -> io::Result<()> {
    let _ = stream.read(&mut [0; 1024]).await?;
    match state {
        State::NoHttp => stream.write_all(b"SSH-2.0-OpenSSH_10.2\r\n").await?,
        // An alert: unexpected_message.
        State::Tls => stream.write_all(&[21, 3, 3, 0, 2, 2, 10]).await?,
        State::Reset => stream.set_zero_linger()?,
        _ => {}
    }
    Ok(())
}

async fn documents(
    mut stream: TcpStream,
    kind: &str,
    document: &[u8],
    state: Option<State>,
    asked: &AtomicUsize,
) -> io::Result<()> {
    while read_head(&mut stream).await? {
        let ok = |kind: &str, body: &[u8]| response("200 OK", kind, body);
        let turn = asked.fetch_add(1, Ordering::Relaxed);
        let Some(state) = state else {
            stream.write_all(&ok(kind, document)).await?;
            continue;
        };
        match state {
            State::Status(status) => {
                stream
                    .write_all(&response(&format!("{status} X"), "text/plain", b""))
                    .await?
            }
            State::Redirect => {
                stream
                    .write_all(b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n")
                    .await?;
            }
            State::Garbage => stream.write_all(&ok(kind, &noise(4096))).await?,
            State::Empty => stream.write_all(&ok(kind, b"")).await?,
            State::WrongType => {
                stream
                    .write_all(&ok("application/json", br#"["well", {"formed": 1}]"#))
                    .await?
            }
            State::Html => {
                stream
                    .write_all(&ok("text/html", b"<!doctype html><title>Sign in</title>"))
                    .await?
            }
            State::ManyFields => {
                let fields: String = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
                let good = ok(kind, document);
                let first_line = good.iter().position(|byte| *byte == b'\n').unwrap_or_default() + 1;
                let (first_line, rest) = good.split_at(first_line);
                stream
                    .write_all(&[first_line, fields.as_bytes(), rest].concat())
                    .await?;
            }
            State::Huge => huge(&mut stream, kind).await?,
            State::Trickle => {
                for byte in ok(kind, document) {
                    stream.write_all(&[byte]).await?;
                    time::sleep(TRICKLE).await;
                }
            }
            State::Truncated => {
                let good = ok(kind, document);
                stream
                    .write_all(good.get(..good.len() - document.len() / 2).unwrap_or_default())
                    .await?;
                return Ok(());
            }
            State::Interim => loop {
                stream
                    .write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
                    .await?;
                time::sleep(TRICKLE).await;
            },
            State::Late | State::Slow => {
                time::sleep(if state == State::Late { LATE } else { SLOW }).await;
                stream.write_all(&ok(kind, document)).await?;
            }
            State::Flapping if turn.is_multiple_of(2) => stream.write_all(&ok(kind, document)).await?,
            State::Flapping | State::Reset => return stream.set_zero_linger(),
            State::NoHttp | State::Tls => return raw_now(stream, state).await,
            State::Hang | State::Down | State::Close | State::NoName | State::NoHost | State::NoCluster => {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// As [`raw`], when the request has been read.
async fn raw_now(mut stream: TcpStream, state: State) -> io::Result<()> {
    let said: &[u8] = if state == State::Tls {
        &[21, 3, 3, 0, 2, 2, 10]
    } else {
        b"SSH-2.0-OpenSSH_10.2\r\n"
    };
    stream.write_all(said).await
}

fn response(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
    // A 204 has no length, and no body.
    let head = if status.starts_with("204") {
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned()
    } else {
        head
    };
    [head.as_bytes(), body].concat()
}

async fn huge(stream: &mut TcpStream, kind: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {HUGE}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let megabyte = vec![b' '; 1_000_000];
    for _ in 0..HUGE / megabyte.len() {
        stream.write_all(&megabyte).await?;
    }
    Ok(())
}

/// Reads to the end of a request's head; whether there was one. Requests here have no bodies.
async fn read_head(stream: &mut TcpStream) -> io::Result<bool> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut chunk).await? {
            0 => return Ok(false),
            read => head.extend(chunk.iter().take(read)),
        }
    }
    Ok(true)
}

/// Connections that may stand before the door.
const BACKLOG: u32 = 4096;
