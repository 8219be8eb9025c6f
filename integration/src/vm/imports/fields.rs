//! Header maps. Which there are depends on the phase of the stream: a map that isn't there can't be changed or searched
//! (BadArgument), but listed, as an empty one.

use crate::vm::{
    fields::Fields,
    guest::Guest,
    host::{StreamState, check_field},
    pairs,
    status::{Fault, Status},
};

const REQUEST_HEADERS: u32 = 0;
const REQUEST_TRAILERS: u32 = 1;
const RESPONSE_HEADERS: u32 = 2;
const RESPONSE_TRAILERS: u32 = 3;
const CALL_RESPONSE_HEADERS: u32 = 6;
const LAST: u32 = 7;

pub(crate) fn get_pairs(
    guest: &mut Guest<'_>,
    map: u32,
    address_at: u32,
    length_at: u32,
) -> Result<(), Fault> {
    let fields = listed(guest, map)?.unwrap_or_default();
    let bytes = pairs::write(
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice())),
    );
    guest.give(&bytes, address_at, length_at)
}

pub(crate) fn set_pairs(guest: &mut Guest<'_>, map: u32, pairs: u32, length: u32) -> Result<(), Fault> {
    let fields = pairs::read(&guest.bytes(pairs, length)?);
    for (name, value) in &fields {
        check_field(name, value)?;
    }
    *changeable(guest, map)? = fields;
    Ok(())
}

pub(crate) fn get_size(guest: &mut Guest<'_>, map: u32, size_at: u32) -> Result<(), Fault> {
    let fields = listed(guest, map)?.ok_or(Status::BadArgument)?;
    let size: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    guest.write(size_at, &(size as u32).to_le_bytes())
}

pub(crate) fn get_value(
    guest: &mut Guest<'_>,
    map: u32,
    name: u32,
    length: u32,
    address_at: u32,
    length_at: u32,
) -> Result<(), Fault> {
    let name = guest.text(name, length)?.to_ascii_lowercase();
    let fields = listed(guest, map)?.ok_or(Status::BadArgument)?;
    // Of a repeated field, only the first line.
    let first = fields.into_iter().find(|(n, _)| *n == name);
    let (_, value) = first.ok_or(Status::NotFound)?;
    guest.give(&value, address_at, length_at)
}

pub(crate) fn remove_value(guest: &mut Guest<'_>, map: u32, name: u32, length: u32) -> Result<(), Fault> {
    let name = guest.text(name, length)?.to_ascii_lowercase();
    changeable(guest, map)?.retain(|(n, _)| *n != name);
    Ok(())
}

pub(crate) fn replace_value(
    guest: &mut Guest<'_>,
    map: u32,
    name: u32,
    length: u32,
    value: u32,
    value_length: u32,
) -> Result<(), Fault> {
    let (name, value) = field(guest, (name, length), (value, value_length))?;
    let fields = changeable(guest, map)?;
    fields.retain(|(n, _)| *n != name);
    fields.push((name, value));
    Ok(())
}

pub(crate) fn add_value(
    guest: &mut Guest<'_>,
    map: u32,
    name: u32,
    length: u32,
    value: u32,
    value_length: u32,
) -> Result<(), Fault> {
    let field = field(guest, (name, length), (value, value_length))?;
    changeable(guest, map)?.push(field);
    Ok(())
}

fn field(guest: &Guest<'_>, name: (u32, u32), value: (u32, u32)) -> Result<(String, Vec<u8>), Fault> {
    let name = guest.text(name.0, name.1)?.to_ascii_lowercase();
    let value = guest.bytes(value.0, value.1)?;
    check_field(&name, &value)?;
    Ok((name, value))
}

/// A map to be read; `None` where there is none now.
fn listed(guest: &mut Guest<'_>, map: u32) -> Result<Option<Fields>, Fault> {
    let host = guest.host();
    if map > LAST {
        return Err(Status::BadArgument.into());
    }
    if map == CALL_RESPONSE_HEADERS {
        return Ok(host.http_answer.as_ref().map(|(headers, _)| headers.clone()));
    }
    let Some(stream) = host.stream() else {
        return Ok(None);
    };
    let logging = stream.logging;
    let found = find(stream, map);
    let readable = found.filter(|(_, visible)| *visible || logging);
    Ok(readable.map(|(fields, _)| fields.clone()))
}

/// A map to be changed.
fn changeable<'a>(guest: &'a mut Guest<'_>, map: u32) -> Result<&'a mut Fields, Fault> {
    let found = guest.host().stream().and_then(|stream| find(stream, map));
    let (fields, _) = found.filter(|(_, visible)| *visible).ok_or(Status::BadArgument)?;
    Ok(fields)
}

fn find(stream: &mut StreamState, map: u32) -> Option<(&mut Fields, bool)> {
    let (request, response) = (&mut stream.request, &mut stream.response);
    match map {
        REQUEST_HEADERS => Some((&mut request.headers, request.headers_visible)),
        REQUEST_TRAILERS => Some((&mut request.trailers, request.trailers_visible)),
        RESPONSE_HEADERS => Some((&mut response.headers, response.headers_visible)),
        RESPONSE_TRAILERS => Some((&mut response.trailers, response.trailers_visible)),
        _ => None,
    }
}
