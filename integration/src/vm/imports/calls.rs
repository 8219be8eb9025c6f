//! Callouts.

use crate::vm::{
    callout::{Callout, Dispatch, Request},
    fields::Fields,
    guest::Guest,
    host::check_field,
    pairs,
    status::{Fault, Status},
};
use std::time::Duration;

#[expect(clippy::too_many_arguments, reason = "the ABI's")]
pub(crate) fn http(
    guest: &mut Guest<'_>,
    cluster: u32,
    cluster_length: u32,
    headers: u32,
    headers_length: u32,
    body: u32,
    body_length: u32,
    trailers: u32,
    trailers_length: u32,
    timeout: u32,
    token_at: u32,
) -> Result<(), Fault> {
    let headers = fields(guest, headers, headers_length)?;
    fields(guest, trailers, trailers_length)?;
    let has = |name: &str| headers.iter().any(|(n, value)| n == name && !value.is_empty());
    if i32::try_from(timeout).is_err() || !has(":method") || !has(":path") || !has(":authority") {
        return Err(Status::BadArgument.into());
    }
    let body = guest.bytes(body, body_length)?;
    let cluster = guest.text(cluster, cluster_length)?;
    guest.host().next_http_token += 1;
    let callout = Callout {
        cluster,
        request: Request::Http { headers, body },
        timeout: time_out(timeout)?,
        token: guest.host().next_http_token,
    };
    send(guest, callout, Status::BadArgument, token_at)
}

#[expect(clippy::too_many_arguments, reason = "the ABI's")]
pub(crate) fn grpc(
    guest: &mut Guest<'_>,
    cluster: u32,
    cluster_length: u32,
    service: u32,
    service_length: u32,
    method: u32,
    method_length: u32,
    metadata: u32,
    metadata_length: u32,
    message: u32,
    message_length: u32,
    timeout: u32,
    token_at: u32,
) -> Result<(), Fault> {
    let request = Request::Grpc {
        service: guest.text(service, service_length)?,
        method: guest.text(method, method_length)?,
        metadata: fields(guest, metadata, metadata_length)?,
        message: guest.bytes(message, message_length)?,
    };
    // The tokens of calls are odd, those of streams even.
    guest.host().next_grpc_token += 2;
    let callout = Callout {
        cluster: guest.text(cluster, cluster_length)?,
        request,
        timeout: time_out(timeout)?,
        token: guest.host().next_grpc_token - 1,
    };
    send(guest, callout, Status::ParseFailure, token_at)
}

fn send(guest: &mut Guest<'_>, callout: Callout, unknown: Status, token_at: u32) -> Result<(), Fault> {
    let host = guest.host();
    match (host.clusters)(&callout) {
        Dispatch::Sent => {
            let token = callout.token;
            host.calling.push(host.context());
            host.callouts.push(callout);
            guest.write(token_at, &token.to_le_bytes())
        }
        Dispatch::UnknownCluster => Err(unknown.into()),
        Dispatch::NoHost => Err(Status::InternalFailure.into()),
    }
}

/// None at all is allowed by Envoy, and a mistake of ours.
fn time_out(milliseconds: u32) -> Result<Duration, Fault> {
    if milliseconds == 0 {
        return Err(Fault::trap("a callout without a time-out waits for ever"));
    }
    Ok(Duration::from_millis(milliseconds.into()))
}

fn fields(guest: &Guest<'_>, pairs: u32, length: u32) -> Result<Fields, Fault> {
    let fields = pairs::read(&guest.bytes(pairs, length)?);
    for (name, value) in &fields {
        check_field(name, value)?;
    }
    Ok(fields)
}
