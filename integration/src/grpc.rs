//! A gRPC server of unary methods, over HTTP/2 without TLS, that answers as it's told.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread,
    time::Duration,
};
use tokio::{net::TcpStream, runtime, time};

/// A call.
pub(crate) struct Call {
    /// `/<service>/<method>`.
    pub(crate) path: String,
    /// The initial metadata.
    pub(crate) metadata: HeaderMap,
    /// The message, without its frame.
    pub(crate) message: Bytes,
}

/// What becomes of a call.
pub(crate) struct Reply {
    /// How long it takes.
    pub(crate) after: Duration,
    /// The message, or a status other than OK.
    pub(crate) message: Result<Vec<u8>, u32>,
}

impl From<Vec<u8>> for Reply {
    fn from(message: Vec<u8>) -> Self {
        Self {
            after: Duration::ZERO,
            message: Ok(message),
        }
    }
}

/// Serves until the process ends: where.
pub(crate) fn serve(answer: impl Fn(Call) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream, Arc::clone(&answer)));
            }
        });
    });
    address
}

async fn connection<A>(stream: TcpStream, answer: Arc<A>) -> Result<(), h2::Error>
where
    A: Fn(Call) -> Reply + Send + Sync + 'static,
{
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(call) = connection.accept().await {
        let (request, response) = call?;
        tokio::spawn(exchange(request, response, Arc::clone(&answer)));
    }
    Ok(())
}

async fn exchange<A>(
    request: http::Request<h2::RecvStream>,
    mut response: h2::server::SendResponse<Bytes>,
    answer: Arc<A>,
) -> Result<(), h2::Error>
where
    A: Fn(Call) -> Reply + Send + Sync + 'static,
{
    let (head, mut body) = request.into_parts();
    let mut framed = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        body.flow_control().release_capacity(chunk.len())?;
        framed.extend(chunk);
    }
    let Reply { after, message } = answer(Call {
        path: head.uri.path().to_owned(),
        metadata: head.headers,
        message: Bytes::from(framed).slice(FRAME..),
    });
    time::sleep(after).await;
    let head = Response::builder()
        .header("content-type", "application/grpc")
        .body(())
        .unwrap();
    let mut stream = response.send_response(head, false)?;
    if let Ok(message) = &message {
        stream.send_data(frame(message), false)?;
    }
    stream.send_trailers(trailers(message.err().unwrap_or_default()))
}

/// A message in its frame, uncompressed.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0][..], &length, message].concat().into()
}

/// The trailers that end a call with this status.
pub(crate) fn trailers(status: u32) -> HeaderMap {
    HeaderMap::from_iter([(HeaderName::from_static("grpc-status"), status.into())])
}

/// Bytes before a message: whether it's compressed, and its length.
const FRAME: usize = 5;
