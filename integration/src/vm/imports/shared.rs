//! Shared data.

use crate::vm::{
    guest::Guest,
    status::{Fault, Status},
};

pub(crate) fn get(
    guest: &mut Guest<'_>,
    key: u32,
    length: u32,
    address_at: u32,
    length_at: u32,
    version_at: u32,
) -> Result<(), Fault> {
    let key = guest.text(key, length)?;
    let host = guest.host();
    let found = host.process.shared_data().get(&host.vm_id, &key);
    // What was read is read: now another worker may come in between.
    host.process.clone().run_after_get(&key);
    let (value, version) = found.ok_or(Status::NotFound)?;
    guest.give(&value, address_at, length_at)?;
    guest.write(version_at, &version.to_le_bytes())
}

pub(crate) fn set(
    guest: &mut Guest<'_>,
    key: u32,
    length: u32,
    value: u32,
    value_length: u32,
    version: u32,
) -> Result<(), Fault> {
    let key = guest.text(key, length)?;
    let value = guest.bytes(value, value_length)?;
    let host = guest.host();
    Ok(host.process.data_mut().set(&host.vm_id, &key, &value, version)?)
}
