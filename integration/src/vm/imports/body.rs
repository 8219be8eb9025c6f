//! Buffers: bodies, answers of callouts, the configuration.

use crate::vm::{
    guest::Guest,
    status::{Fault, Status},
};

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const CALL_RESPONSE_BODY: u32 = 4;
const GRPC_MESSAGE: u32 = 5;
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;

pub(crate) fn get_bytes(
    guest: &mut Guest<'_>,
    buffer: u32,
    start: u32,
    most: u32,
    address_at: u32,
    length_at: u32,
) -> Result<(), Fault> {
    let bytes = read(guest, buffer)?;
    let end = start.checked_add(most).ok_or(Status::BadArgument)?;
    let end = (end as usize).min(bytes.len());
    match bytes.get(start as usize..end) {
        // Where there's nothing, Envoy answers with success and leaves the pointer alone.
        Some([]) | None => Ok(()),
        Some(part) => guest.give(part, address_at, length_at),
    }
}

fn read(guest: &mut Guest<'_>, buffer: u32) -> Result<Vec<u8>, Fault> {
    let host = guest.host();
    let found = match buffer {
        REQUEST_BODY | RESPONSE_BODY => {
            Some(body(guest, buffer).map(|body| body.clone()).unwrap_or_default())
        }
        CALL_RESPONSE_BODY => host.http_answer.as_ref().map(|(_, body)| body.clone()),
        GRPC_MESSAGE => Some(host.grpc_message.clone().unwrap_or_default()),
        VM_CONFIGURATION => Some(Vec::new()),
        PLUGIN_CONFIGURATION => host.configuration.clone(),
        _ => None,
    };
    Ok(found.ok_or(Status::NotFound)?)
}

pub(crate) fn set_bytes(
    guest: &mut Guest<'_>,
    buffer: u32,
    start: u32,
    replaced: u32,
    bytes: u32,
    length: u32,
) -> Result<(), Fault> {
    let new = guest.bytes(bytes, length)?;
    let body = body(guest, buffer).ok_or(Status::BadArgument)?;
    if start == 0 {
        let replaced = (replaced as usize).min(body.len());
        body.splice(..replaced, new);
        Ok(())
    } else if start as usize >= body.len() {
        body.extend(new);
        Ok(())
    } else {
        Err(Status::BadArgument.into())
    }
}

/// A body that is there now.
fn body<'a>(guest: &'a mut Guest<'_>, buffer: u32) -> Option<&'a mut Vec<u8>> {
    let stream = guest.host().stream()?;
    match buffer {
        REQUEST_BODY => stream.request.body.as_mut(),
        RESPONSE_BODY => stream.response.body.as_mut(),
        _ => None,
    }
}
