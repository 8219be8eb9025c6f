//! tower-http's compression, as a server of its own before an upstream.

use bytes::Bytes;
use edge_demo::{Error, http::Request};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use tower_http::compression::Compression;

/// A server of HTTP/1.1 that passes requests on, and compresses what comes back. It serves until the process ends, a
/// connection at a time.
pub struct TowerHttp {
    address: SocketAddr,
}

impl TowerHttp {
    /// Starts it before `upstream`.
    ///
    /// # Panics
    /// When there is no port for it.
    pub fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(serve(listener, upstream));
        });
        Self { address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(listener: TcpListener, upstream: SocketAddr) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let pass_on = tower::service_fn(move |request| async move { pass_on(&request, upstream) });
        let service = TowerToHyperService::new(Compression::new(pass_on));
        // A client that goes away ends its connection, nothing else.
        let _ended = http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }
}

fn pass_on(
    request: &http::Request<Incoming>,
    upstream: SocketAddr,
) -> Result<http::Response<Full<Bytes>>, Error> {
    let mut asked = Request::new(request.method().as_str(), &request.uri().to_string());
    for (name, value) in request.headers() {
        asked = asked.header(name.as_str(), value.as_bytes());
    }
    let answer = asked.send(upstream)?;
    let mut response = http::Response::new(Full::new(answer.body.into()));
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap();
    for (name, value) in &answer.headers {
        let name: http::HeaderName = name.parse().unwrap();
        response
            .headers_mut()
            .append(name, http::HeaderValue::from_bytes(value).unwrap());
    }
    Ok(response)
}
