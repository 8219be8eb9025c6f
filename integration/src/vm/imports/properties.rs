//! Properties, and Envoy's foreign functions.

use crate::vm::{
    guest::Guest,
    status::{Fault, Status},
};

pub(crate) fn get(
    guest: &mut Guest<'_>,
    path: u32,
    length: u32,
    address_at: u32,
    length_at: u32,
) -> Result<(), Fault> {
    let path = dotted(guest, path, length)?;
    let stream = guest.host().stream().ok_or(Status::NotFound)?;
    if stream.unreadable.contains(&path) {
        return Err(Status::SerializationFailure.into());
    }
    let value = stream
        .published
        .get(&path)
        .or_else(|| stream.properties.get(&path));
    let value = value.ok_or(Status::NotFound)?.clone();
    guest.give(&value, address_at, length_at)
}

pub(crate) fn set(
    guest: &mut Guest<'_>,
    path: u32,
    length: u32,
    value: u32,
    value_length: u32,
) -> Result<(), Fault> {
    let path = dotted(guest, path, length)?;
    let value = guest.bytes(value, value_length)?;
    let stream = guest.host().stream().ok_or(Status::NotFound)?;
    stream.published.insert(path, value);
    Ok(())
}

/// Paths travel as parts with zeros between them; tests write them with dots.
fn dotted(guest: &Guest<'_>, path: u32, length: u32) -> Result<String, Fault> {
    Ok(guest.text(path, length)?.replace('\0', "."))
}

pub(crate) fn call_foreign_function(
    guest: &mut Guest<'_>,
    name: u32,
    length: u32,
    arguments: u32,
    arguments_length: u32,
    address_at: u32,
    length_at: u32,
) -> Result<(), Fault> {
    let name = guest.text(name, length)?;
    let arguments = guest.bytes(arguments, arguments_length)?;
    let result = match name.as_str() {
        "clear_route_cache" => {
            if let Some(stream) = guest.host().stream() {
                stream.route_cache_clears += 1;
            }
            Vec::new()
        }
        "verify_signature" => {
            let verify = guest.host().verify.as_ref().ok_or(Status::NotFound)?;
            let [hash, key, signature, text] = fields(&arguments).ok_or(Status::BadArgument)?;
            let hash = String::from_utf8_lossy(&hash).into_owned();
            // False is not on the wire, the error is.
            if verify(&hash, &key, &signature, &text) {
                vec![1 << 3, 1]
            } else {
                vec![2 << 3 | 2, 2, b'n', b'o']
            }
        }
        _ => return Err(Status::NotFound.into()),
    };
    guest.give(&result, address_at, length_at)
}

/// The fields 1 to 4 of a protobuf message, all of them length-delimited.
fn fields(mut message: &[u8]) -> Option<[Vec<u8>; 4]> {
    let mut found: [Vec<u8>; 4] = Default::default();
    while let Some((key, rest)) = message.split_first() {
        if key & 7 != 2 {
            return None;
        }
        let (mut length, mut shift, mut rest) = (0usize, 0, rest);
        loop {
            let (byte, after) = rest.split_first()?;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            rest = after;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (value, after) = rest.split_at_checked(length)?;
        *found.get_mut(usize::from(key >> 3).checked_sub(1)?)? = value.to_vec();
        message = after;
    }
    Some(found)
}
