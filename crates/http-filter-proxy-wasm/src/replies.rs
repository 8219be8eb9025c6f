use http_filter::{HeaderEdit, Headers, LocalReply, property};
use proxy_wasm::{hostcalls, types::GrpcStatusCode};

/// Answers the client; a gRPC client by status, any other by HTTP.
pub(crate) fn send(reply: &LocalReply, is_grpc: bool) {
    // The SDK has no way to set Envoy's response code details, so access logs read them as filter state.
    let _ = hostcalls::set_property(vec![property::DETAILS], Some(reply.details.as_bytes()));
    for (name, value) in &reply.properties {
        let _ = hostcalls::set_property(vec![name], Some(value));
    }
    let fields = reply
        .headers
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_str()));
    let fields = fields.filter(|(name, value)| HeaderEdit::is_field(name, value.as_bytes()));
    if is_grpc {
        let fields = fields.filter(|(name, _)| !name.starts_with("content-"));
        let metadata = fields.map(|(name, value)| (name, value.as_bytes())).collect();
        let _ = hostcalls::send_grpc_response(
            grpc_code(reply.grpc_status_code()),
            Some(&reply.details),
            metadata,
        );
        return;
    }
    let body = (!reply.body.is_empty()).then_some(reply.body.as_slice());
    let _ = hostcalls::send_http_response(u32::from(reply.status), fields.collect(), body);
}

/// Ends a response with its headers alone: 304 in place of a 200 whose body the client has.
pub(crate) fn send_without_body(headers: &Headers) {
    let fields = headers
        .iter()
        .filter(|(name, _)| !name.starts_with(':') && *name != "content-length");
    let fields = fields.filter_map(|(name, value)| Some((name, std::str::from_utf8(value).ok()?)));
    let _ = hostcalls::send_http_response(u32::from(headers.status().unwrap_or(304)), fields.collect(), None);
}

fn grpc_code(code: u32) -> GrpcStatusCode {
    match code {
        0 => GrpcStatusCode::Ok,
        1 => GrpcStatusCode::Cancelled,
        3 => GrpcStatusCode::InvalidArgument,
        4 => GrpcStatusCode::DeadlineExceeded,
        5 => GrpcStatusCode::NotFound,
        6 => GrpcStatusCode::AlreadyExists,
        7 => GrpcStatusCode::PermissionDenied,
        8 => GrpcStatusCode::ResourceExhausted,
        9 => GrpcStatusCode::FailedPrecondition,
        10 => GrpcStatusCode::Aborted,
        11 => GrpcStatusCode::OutOfRange,
        12 => GrpcStatusCode::Unimplemented,
        13 => GrpcStatusCode::Internal,
        14 => GrpcStatusCode::Unavailable,
        15 => GrpcStatusCode::DataLoss,
        16 => GrpcStatusCode::Unauthenticated,
        _ => GrpcStatusCode::Unknown,
    }
}
