//! An HTTP/2 client over plain TCP, with trailers in both directions.

use bytes::Bytes;
use http::{HeaderMap, Request};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, runtime, time};

/// A complete HTTP/2 response.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The trailers, where there are any.
    pub trailers: Option<HeaderMap>,
}

/// Sends requests over one connection, in order: each is a request, the chunks of its body and its trailers.
///
/// # Panics
/// When the connection breaks, or a response takes more than ten seconds.
pub fn send(to: SocketAddr, requests: Vec<(Request<()>, Vec<Vec<u8>>, Option<HeaderMap>)>) -> Vec<Response> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = TcpStream::connect(to).await.unwrap();
        let (client, connection) = h2::client::handshake(stream).await.unwrap();
        let driver = tokio::spawn(connection);
        let mut client = client.ready().await.unwrap();
        let mut responses = Vec::new();
        for (request, chunks, trailers) in requests {
            let exchange = exchange(&mut client, request, chunks, trailers);
            responses.push(time::timeout(Duration::from_secs(10), exchange).await.unwrap());
            client = client.ready().await.unwrap();
        }
        driver.abort();
        responses
    })
}

async fn exchange(
    client: &mut h2::client::SendRequest<Bytes>,
    request: Request<()>,
    chunks: Vec<Vec<u8>>,
    trailers: Option<HeaderMap>,
) -> Response {
    let ends_at_once = chunks.is_empty() && trailers.is_none();
    let (response, mut body) = client.send_request(request, ends_at_once).unwrap();
    let last = chunks.len();
    for (index, chunk) in chunks.into_iter().enumerate() {
        // The answer may come before the request is complete: what it says then counts.
        let _ = body.send_data(chunk.into(), trailers.is_none() && index + 1 == last);
    }
    if let Some(trailers) = trailers {
        let _ = body.send_trailers(trailers);
    }
    let (head, mut stream) = response.await.unwrap().into_parts();
    let mut received = Vec::new();
    while let Some(chunk) = stream.data().await {
        let chunk = chunk.unwrap();
        let _ = stream.flow_control().release_capacity(chunk.len());
        received.extend(chunk);
    }
    let trailers = stream.trailers().await.unwrap();
    Response {
        status: head.status.as_u16(),
        headers: head.headers,
        body: received,
        trailers,
    }
}
