//! Many HTTP/2 streams at once: a hundred to a connection, as the shipped chain allows, each connection from an address of
//! its own, so that a crowd isn't one client.

use crate::crowd::Outcome;
use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    runtime,
    task::{self, LocalSet},
    time,
};

/// What one stream asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The path.
    pub(super) path: String,
    /// The token, where there is one.
    pub(super) token: Option<String>,
    /// The body; a request with one is a POST of JSON.
    pub(super) body: Option<Bytes>,
    /// More header fields.
    pub(super) fields: Vec<(String, String)>,
}

/// Sends each request over a stream of its own, all of them at once when all connections are made, from the addresses below
/// `127.network.0.0`, and waits for each answer for at most `patience`. The outcomes are in the order of the requests.
///
/// # Panics
/// When a connection can't be made.
pub(super) fn send(to: SocketAddr, network: u8, requests: Vec<Asked>, patience: Duration) -> Vec<Outcome> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let mut connections = Vec::new();
        for (number, requests) in requests.chunks(STREAMS).enumerate() {
            connections.push((connect(to, network, number).await, requests));
        }
        let mut streams = Vec::with_capacity(requests.len());
        for (client, requests) in &connections {
            for asked in *requests {
                streams.push(task::spawn_local(visit(client.clone(), asked.clone(), patience)));
            }
        }
        let mut outcomes = Vec::with_capacity(streams.len());
        for stream in streams {
            outcomes.push(stream.await.unwrap());
        }
        outcomes
    })
}

/// Sends each message as it is over a connection of its own, from an address of its own, and goes away when something has come
/// back or a moment has passed.
pub(super) fn shout(to: SocketAddr, network: u8, messages: Vec<Vec<u8>>) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let shouting: Vec<_> = messages
            .into_iter()
            .enumerate()
            .map(|(number, message)| {
                task::spawn_local(async move {
                    let mut stream = dial(to, network, number).await;
                    // What an answer says, and whether there is one, is nobody's business.
                    let _ = stream.write_all(&message).await;
                    let _ = time::timeout(MOMENT, stream.read(&mut [0; 64])).await;
                })
            })
            .collect();
        for one in shouting {
            one.await.unwrap();
        }
    });
}

/// A connection from an address of the loopback network.
async fn dial(to: SocketAddr, network: u8, number: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let byte = |shift: usize| u8::try_from(number >> shift & 255).unwrap_or_default();
    let from = Ipv4Addr::new(127, network, byte(8), byte(0));
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    socket.connect(to).await.unwrap()
}

async fn connect(to: SocketAddr, network: u8, number: usize) -> SendRequest<Bytes> {
    let stream = dial(to, network, number).await;
    let (client, connection) = h2::client::Builder::new()
        .initial_max_send_streams(STREAMS)
        .handshake(stream)
        .await
        .unwrap();
    // It ends with the last stream, or when Envoy goes away.
    task::spawn_local(connection);
    client
}

async fn visit(client: SendRequest<Bytes>, asked: Asked, patience: Duration) -> Outcome {
    let started = Instant::now();
    let answered = async {
        let mut client = client.ready().await.ok()?;
        let method = if asked.body.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://edge{}", asked.path));
        if let Some(token) = &asked.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if asked.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &asked.fields {
            request = request.header(name, value);
        }
        let request = request.body(()).ok()?;
        let (response, mut body) = client.send_request(request, asked.body.is_none()).ok()?;
        if let Some(bytes) = asked.body {
            // The answer may come before the body is sent.
            let _ = body.send_data(bytes, true);
        }
        Some(response.await.ok()?.status().as_u16())
    };
    let status = time::timeout(patience, answered).await.ok().flatten();
    Outcome {
        status,
        took: started.elapsed(),
    }
}

/// How long a shout waits for an answer.
const MOMENT: Duration = Duration::from_millis(50);
/// The shipped chain's `max_concurrent_streams`.
const STREAMS: usize = 100;
