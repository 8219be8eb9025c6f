//! Many clients at once: each has a connection and a request of its own, and all are served by one thread.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime, time,
};

/// What became of a client.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The status it was answered with; `None` where no answer came in time, or the connection broke.
    pub status: Option<u16>,
    /// From before it sent its request to the first bytes of the answer, or to the end of its patience.
    pub took: Duration,
}

/// Sends each request over a connection of its own, all of them at once, and waits for each answer for at most
/// `patience`. Connections are made before the first request is sent. The outcomes are in the order of the requests.
///
/// # Panics
/// When a connection can't be made.
pub fn send(to: SocketAddr, requests: Vec<String>, patience: Duration) -> Vec<Outcome> {
    send_to(
        requests.into_iter().map(|request| (to, request)).collect(),
        patience,
    )
}

/// As [`send`], each request to an address of its own.
///
/// # Panics
/// As [`send`].
pub fn send_to(requests: Vec<(SocketAddr, String)>, patience: Duration) -> Vec<Outcome> {
    runtime().block_on(async {
        let mut connected = Vec::with_capacity(requests.len());
        for (to, request) in requests {
            connected.push((TcpStream::connect(to).await.unwrap(), request));
        }
        let clients: Vec<_> = connected
            .into_iter()
            .map(|(stream, request)| tokio::spawn(visit(stream, request, patience)))
            .collect();
        let mut outcomes = Vec::with_capacity(clients.len());
        for client in clients {
            outcomes.push(client.await.unwrap());
        }
        outcomes
    })
}

async fn visit(mut stream: TcpStream, request: String, patience: Duration) -> Outcome {
    let started = Instant::now();
    let answered = async {
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut head = [0; 16];
        stream.read_exact(&mut head).await.ok()?;
        std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
    };
    let status = time::timeout(patience, answered).await.ok().flatten();
    Outcome {
        status,
        took: started.elapsed(),
    }
}

/// How often each status was seen; 0 stands for no answer.
pub fn statuses(outcomes: &[Outcome]) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    for outcome in outcomes {
        *statuses.entry(outcome.status.unwrap_or_default()).or_default() += 1;
    }
    statuses
}

/// How long the slowest took.
pub fn slowest(outcomes: &[Outcome]) -> Duration {
    outcomes
        .iter()
        .map(|outcome| outcome.took)
        .max()
        .unwrap_or_default()
}

fn runtime() -> runtime::Runtime {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
