use crate::Headers;
use std::time::Duration;

/// A request of the filter's own, to a cluster that Envoy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// An HTTP request.
    Http(HttpCall),
    /// A unary gRPC call.
    Grpc(GrpcCall),
}

/// An HTTP request to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCall {
    /// The name of the cluster in Envoy's configuration.
    pub cluster: String,
    /// The method, for example `GET`.
    pub method: String,
    /// The `:authority` to ask for.
    pub authority: String,
    /// The request target, beginning with `/`.
    pub path: String,
    /// Further header fields; names lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// How long to wait for the whole answer. Zero is taken as one millisecond: to Envoy zero means for ever.
    pub timeout: Duration,
    /// The largest body to accept, in bytes; a larger one is [`CallFailure::TooLarge`].
    pub max_response: usize,
}

/// A unary gRPC call to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcCall {
    /// The name of the cluster in Envoy's configuration.
    pub cluster: String,
    /// The full name of the service, for example `envoy.service.ratelimit.v3.RateLimitService`.
    pub service: String,
    /// The method, for example `ShouldRateLimit`.
    pub method: String,
    /// Initial metadata; names lower case.
    pub metadata: Vec<(String, Vec<u8>)>,
    /// The serialised request message.
    pub message: Vec<u8>,
    /// How long to wait. Zero is taken as one millisecond.
    pub timeout: Duration,
    /// The largest message to accept, in bytes.
    pub max_response: usize,
}

/// How a [`Call`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallResponse {
    /// An HTTP answer, of whatever status; Envoy itself answers 503 for a refused connection, 504 for a time-out.
    Http {
        /// The answer's headers, `:status` among them.
        headers: Headers,
        /// The answer's body.
        body: Vec<u8>,
    },
    /// A gRPC answer.
    Grpc {
        /// The gRPC status code; 0 is OK.
        status: u32,
        /// The serialised response message; empty unless the status is OK.
        message: Vec<u8>,
    },
    /// No answer that could be read.
    Failed(CallFailure),
}

/// Why a [`Call`] has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// Envoy took no call: no such cluster, or none of its hosts is known yet.
    #[error("the cluster is unknown or has no host")]
    NotDispatched,
    /// The connection broke, or the answer was larger than Envoy buffers.
    #[error("the answer broke off")]
    Reset,
    /// The answer's body is larger than the call allows.
    #[error("the answer is larger than allowed")]
    TooLarge,
}
