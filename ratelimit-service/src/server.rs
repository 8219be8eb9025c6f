use crate::{error::Error, service::Service};
use hyper::{
    Request, Response,
    body::{Body, Incoming},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, error, future::Future, net::SocketAddr, rc::Rc, time::Duration};
use tokio::net::{TcpListener, TcpStream};

/// A port, and the connections that come to it.
pub(crate) struct Server(TcpListener, SocketAddr);

impl Server {
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await.map_err(Error::listen(address))?;
        Ok(Self(listener, address))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Result<SocketAddr, Error> {
        self.0.local_addr().map_err(Error::listen(self.1))
    }

    /// Serves HTTP/2 with prior knowledge, as gRPC without TLS speaks it.
    pub(crate) async fn serve_http2<A, B>(
        self,
        service: Rc<Service>,
        respond: fn(Request<Incoming>, Rc<Service>) -> A,
    ) where
        A: Future<Output = Response<B>> + 'static,
        B: Body<Data: 'static, Error: Into<Box<dyn error::Error + Send + Sync>>> + 'static,
    {
        loop {
            let (stream, service) = (self.accept().await, Rc::clone(&service));
            let answering = service_fn(move |request| {
                let answer = respond(request, Rc::clone(&service));
                async move { Ok::<_, Infallible>(answer.await) }
            });
            tokio::task::spawn_local(
                http2::Builder::new(Here).serve_connection(TokioIo::new(stream), answering),
            );
        }
    }

    /// Serves HTTP/1.
    pub(crate) async fn serve_http1<A, B>(
        self,
        service: Rc<Service>,
        respond: fn(Request<Incoming>, Rc<Service>) -> A,
    ) where
        A: Future<Output = Response<B>> + 'static,
        B: Body<Data: 'static, Error: Into<Box<dyn error::Error + Send + Sync>>> + 'static,
    {
        loop {
            let (stream, service) = (self.accept().await, Rc::clone(&service));
            let answering = service_fn(move |request| {
                let answer = respond(request, Rc::clone(&service));
                async move { Ok::<_, Infallible>(answer.await) }
            });
            tokio::task::spawn_local(http1::Builder::new().serve_connection(TokioIo::new(stream), answering));
        }
    }

    async fn accept(&self) -> TcpStream {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => return stream,
                // Too many open files, say: it may be better in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

/// Runs HTTP/2's streams on this thread.
#[derive(Clone, Copy)]
struct Here;

impl<F: Future<Output: 'static> + 'static> hyper::rt::Executor<F> for Here {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
