use envoy_dynamic_module_abi::Outgoing;
use http_filter::{Call, GrpcCall, HttpCall};
use std::time::Duration;

/// Sends a call on its way by `send`.
pub(crate) fn send<T>(call: &Call, send: impl FnOnce(&Outgoing<'_>) -> T) -> T {
    match call {
        Call::Http(call) => send_http(call, send),
        Call::Grpc(call) => send_grpc(call, send),
    }
}

fn send_http<T>(call: &HttpCall, send: impl FnOnce(&Outgoing<'_>) -> T) -> T {
    let mut headers: Vec<(&str, &[u8])> = vec![
        (":method", call.method.as_bytes()),
        (":path", call.path.as_bytes()),
        (":authority", call.authority.as_bytes()),
    ];
    headers.extend(fields(&call.headers));
    send(&Outgoing {
        cluster: &call.cluster,
        headers: &headers,
        body: &call.body,
        timeout: at_least_a_millisecond(call.timeout),
    })
}

/// A unary call over HTTP/2, as gRPC frames it: a flag (not compressed), the length in four bytes, the message.
fn send_grpc<T>(call: &GrpcCall, send: impl FnOnce(&Outgoing<'_>) -> T) -> T {
    let path = ["/", &call.service, "/", &call.method].concat();
    let timeout = at_least_a_millisecond(call.timeout);
    let deadline = [timeout.as_millis().to_string().as_str(), "m"].concat();
    let mut headers: Vec<(&str, &[u8])> = vec![
        (":method", b"POST"),
        (":path", path.as_bytes()),
        (":authority", call.cluster.as_bytes()),
        ("te", b"trailers"),
        ("content-type", b"application/grpc"),
        ("grpc-timeout", deadline.as_bytes()),
    ];
    headers.extend(fields(&call.metadata));
    let length = u32::try_from(call.message.len()).unwrap_or(u32::MAX);
    let mut body = Vec::with_capacity(call.message.len().saturating_add(5));
    body.push(0);
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(&call.message);
    send(&Outgoing {
        cluster: &call.cluster,
        headers: &headers,
        body: &body,
        timeout,
    })
}

fn fields(fields: &[(String, Vec<u8>)]) -> impl Iterator<Item = (&str, &[u8])> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
}

/// To Envoy a time-out of zero is none at all.
fn at_least_a_millisecond(timeout: Duration) -> Duration {
    timeout.clamp(Duration::from_millis(1), Duration::from_secs(3600))
}
