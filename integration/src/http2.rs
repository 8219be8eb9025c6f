//! An HTTP/2 client over plain TCP, with trailers in both directions.

use bytes::Bytes;
use http::{HeaderMap, Request};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, runtime, time};

/// A request with its body and trailers.
pub struct Exchange {
    /// The method, the target and the header fields.
    pub request: Request<()>,
    /// The body, in chunks.
    pub body: Vec<Vec<u8>>,
    /// The trailers.
    pub trailers: Option<HeaderMap>,
}

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

/// Sends requests over one connection, in order.
///
/// # Panics
/// When the connection breaks, or a response takes more than ten seconds.
pub fn send(to: SocketAddr, exchanges: Vec<Exchange>) -> Vec<Response> {
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
        for exchange in exchanges {
            let answered = answer(&mut client, exchange);
            responses.push(time::timeout(Duration::from_secs(10), answered).await.unwrap());
            client = client.ready().await.unwrap();
        }
        driver.abort();
        responses
    })
}

async fn answer(client: &mut h2::client::SendRequest<Bytes>, exchange: Exchange) -> Response {
    let Exchange {
        request,
        body,
        trailers,
    } = exchange;
    let ends_at_once = body.is_empty() && trailers.is_none();
    let (response, mut stream) = client.send_request(request, ends_at_once).unwrap();
    let last = body.len();
    for (index, chunk) in body.into_iter().enumerate() {
        // The answer may come before the request is complete: what it says then counts.
        let _ = stream.send_data(chunk.into(), trailers.is_none() && index + 1 == last);
    }
    if let Some(trailers) = trailers {
        let _ = stream.send_trailers(trailers);
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
