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
        self.serve(service, |stream, service| {
            let answering = service_fn(move |request| infallible(respond(request, Rc::clone(&service))));
            http2::Builder::new(Here).serve_connection(TokioIo::new(stream), answering)
        })
        .await;
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
        self.serve(service, |stream, service| {
            let answering = service_fn(move |request| infallible(respond(request, Rc::clone(&service))));
            http1::Builder::new().serve_connection(TokioIo::new(stream), answering)
        })
        .await;
    }

    /// Serves every connection that comes, each by a task of its own.
    async fn serve<C>(self, service: Rc<Service>, connection: impl Fn(TcpStream, Rc<Service>) -> C)
    where
        C: Future<Output: 'static> + 'static,
    {
        loop {
            tokio::task::spawn_local(connection(self.accept().await, Rc::clone(&service)));
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

/// Hyper's services may fail; these answer whatever comes.
async fn infallible<B>(answer: impl Future<Output = Response<B>>) -> Result<Response<B>, Infallible> {
    Ok(answer.await)
}

/// Runs HTTP/2's streams on this thread.
#[derive(Clone, Copy)]
struct Here;

impl<F: Future<Output: 'static> + 'static> hyper::rt::Executor<F> for Here {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
