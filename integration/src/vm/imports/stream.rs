//! The log, the clock, the timer; and what becomes of a stream.

use crate::vm::{
    action::AfterCall,
    flow::Direction,
    guest::Guest,
    host::check_field,
    local_reply::LocalReply,
    pairs,
    status::{Fault, Status},
};
use std::time::Duration;

pub(crate) fn log(guest: &mut Guest<'_>, level: u32, text: u32, length: u32) -> Result<(), Fault> {
    let text = guest.bytes(text, length)?;
    guest
        .host()
        .process
        .write_log(level, String::from_utf8_lossy(&text).into_owned());
    Ok(())
}

pub(crate) fn get_log_level(guest: &mut Guest<'_>, level_at: u32) -> Result<(), Fault> {
    guest.write(level_at, &INFO.to_le_bytes())
}

/// Envoy's own default.
const INFO: u32 = 2;

pub(crate) fn get_current_time(guest: &mut Guest<'_>, time_at: u32) -> Result<(), Fault> {
    let now = guest.host().process.now().as_nanos() as u64;
    guest.write(time_at, &now.to_le_bytes())
}

pub(crate) fn set_tick_period(guest: &mut Guest<'_>, period: u32) -> Result<(), Fault> {
    guest.host().set_period(Duration::from_millis(period.into()));
    Ok(())
}

pub(crate) fn set_effective_context(guest: &mut Guest<'_>, context: u32) -> Result<(), Fault> {
    let host = guest.host();
    if context != host.root && !host.streams.contains_key(&context) {
        return Err(Status::BadArgument.into());
    }
    host.effective = context;
    Ok(())
}

fn direction(kind: u32) -> Result<Direction, Fault> {
    match kind {
        0 => Ok(Direction::Request),
        1 => Ok(Direction::Response),
        _ => Err(Status::BadArgument.into()),
    }
}

pub(crate) fn continue_stream(guest: &mut Guest<'_>, kind: u32) -> Result<(), Fault> {
    let direction = direction(kind)?;
    let host = guest.host();
    if let Some(stream) = host.stream() {
        // From here on the headers can't be changed any more, though they go out after the callback only. Envoy forgets
        // the request's whichever is continued.
        stream.request.headers_visible = false;
        stream.flow(direction).headers_visible = false;
        host.later(AfterCall::Continue(direction));
    }
    Ok(())
}

pub(crate) fn close_stream(guest: &mut Guest<'_>, kind: u32) -> Result<(), Fault> {
    direction(kind)?;
    let host = guest.host();
    if host.stream().is_some() {
        host.later(AfterCall::Reset);
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the ABI's")]
pub(crate) fn send_local_response(
    guest: &mut Guest<'_>,
    status: u32,
    details: u32,
    details_length: u32,
    body: u32,
    body_length: u32,
    headers: u32,
    headers_length: u32,
    grpc_status: i32,
) -> Result<(), Fault> {
    guest.bytes(details, details_length)?;
    let reply = LocalReply {
        status,
        body: guest.bytes(body, body_length)?,
        headers: pairs::read(&guest.bytes(headers, headers_length)?),
        grpc_status,
    };
    for (name, value) in &reply.headers {
        check_field(name, value)?;
    }
    let host = guest.host();
    // Hosts have crashed on it (proxy-wasm-cpp-host#326).
    if host.calling.contains(&host.context()) {
        return Err(Fault::trap("a stream calls out and replies in one callback"));
    }
    if host.stream().is_some() {
        host.later(AfterCall::Reply(reply));
    }
    host.stop_next = true;
    Ok(())
}
