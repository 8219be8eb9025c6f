use http_filter::{Call, CallFailure, CallResponse, Headers};
use proxy_wasm::{
    hostcalls,
    types::{BufferType, MapType},
};
use std::time::Duration;

/// A call on its way: the token that Envoy gave it, and the largest answer it accepts.
#[derive(Clone, Copy)]
pub(crate) struct Dispatched {
    pub(crate) token: u32,
    pub(crate) max_response: usize,
}

/// Sends a call on its way, from the context that is active.
pub(crate) fn dispatch(call: &Call) -> Result<Dispatched, CallFailure> {
    let sent = match call {
        Call::Http(call) => {
            let mut headers = vec![
                (":method", call.method.as_str()),
                (":path", call.path.as_str()),
                (":authority", call.authority.as_str()),
            ];
            for (name, value) in &call.headers {
                headers.push((
                    name,
                    std::str::from_utf8(value).map_err(|_| CallFailure::NotDispatched)?,
                ));
            }
            let body = (!call.body.is_empty()).then_some(call.body.as_slice());
            let timeout = at_least_a_millisecond(call.timeout);
            hostcalls::dispatch_http_call(&call.cluster, headers, body, Vec::new(), timeout).map(|token| {
                Dispatched {
                    token,
                    max_response: call.max_response,
                }
            })
        }
        Call::Grpc(call) => {
            let metadata = call
                .metadata
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_slice()))
                .collect();
            let timeout = at_least_a_millisecond(call.timeout);
            hostcalls::dispatch_grpc_call(
                &call.cluster,
                &call.service,
                &call.method,
                metadata,
                Some(&call.message),
                timeout,
            )
            .map(|token| Dispatched {
                token,
                max_response: call.max_response,
            })
        }
    };
    sent.map_err(|_| CallFailure::NotDispatched)
}

/// Reads the answer to an HTTP call, in the callback that announces it.
pub(crate) fn http_response(call: Dispatched, num_headers: usize, body_size: usize) -> CallResponse {
    // A connection that broke off is announced without headers, and asking for them would trap.
    if num_headers == 0 {
        return CallResponse::Failed(CallFailure::Reset);
    }
    if body_size > call.max_response {
        return CallResponse::Failed(CallFailure::TooLarge);
    }
    let headers = hostcalls::get_map_bytes(MapType::HttpCallResponseHeaders).unwrap_or_default();
    CallResponse::Http {
        headers: Headers::new(headers),
        body: body(BufferType::HttpCallResponseBody, body_size),
    }
}

/// Reads the answer to a gRPC call, in the callback that announces it.
pub(crate) fn grpc_response(call: Dispatched, status: u32, size: usize) -> CallResponse {
    if size > call.max_response {
        return CallResponse::Failed(CallFailure::TooLarge);
    }
    let message = if status == 0 {
        body(BufferType::GrpcReceiveBuffer, size)
    } else {
        Vec::new()
    };
    CallResponse::Grpc { status, message }
}

fn body(buffer: BufferType, size: usize) -> Vec<u8> {
    if size == 0 {
        Vec::new()
    } else {
        hostcalls::get_buffer(buffer, 0, size)
            .ok()
            .flatten()
            .unwrap_or_default()
    }
}

/// To Envoy a time-out of zero is none at all.
fn at_least_a_millisecond(timeout: Duration) -> Duration {
    timeout.clamp(Duration::from_millis(1), Duration::from_secs(3600))
}
