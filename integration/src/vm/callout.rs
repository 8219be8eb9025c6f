use super::fields::Fields;
use std::time::Duration;

/// A request of the module's own, waiting to be answered by the test.
#[derive(Clone, Debug, PartialEq)]
pub struct Callout {
    /// The cluster it goes to.
    pub cluster: String,
    /// What is asked.
    pub request: Request,
    /// How long the module waits.
    pub timeout: Duration,
    pub(crate) token: u32,
}

/// What a callout asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// An HTTP request.
    Http {
        /// Its header fields, pseudo-headers among them.
        headers: Fields,
        /// Its body.
        body: Vec<u8>,
    },
    /// A unary gRPC call.
    Grpc {
        /// The service's full name.
        service: String,
        /// The method.
        method: String,
        /// Initial metadata.
        metadata: Fields,
        /// The serialised message.
        message: Vec<u8>,
    },
}

/// What Envoy says when a callout is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// It's on its way.
    Sent,
    /// There is no such cluster.
    UnknownCluster,
    /// The cluster has no host.
    NoHost,
}

/// How a callout ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// An HTTP answer.
    Http {
        /// Its header fields, `:status` among them.
        headers: Fields,
        /// Its body.
        body: Vec<u8>,
    },
    /// The connection broke off, or the answer was larger than Envoy buffers: the module is told of no headers and no body.
    Reset,
    /// A gRPC message.
    GrpcMessage(Vec<u8>),
    /// A gRPC status other than OK.
    GrpcStatus(u32),
}

impl Answer {
    /// An HTTP answer with a status and a body.
    pub fn http(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Http {
            headers: vec![(":status".into(), status.to_string().into_bytes())],
            body: body.into(),
        }
    }
}
