//! Counters. Gauges and histograms aren't part of this host: the filters have none.

use crate::vm::{
    guest::Guest,
    status::{Fault, Status},
};

const COUNTER: u32 = 0;

pub(crate) fn define(
    guest: &mut Guest<'_>,
    kind: u32,
    name: u32,
    length: u32,
    id_at: u32,
) -> Result<(), Fault> {
    if kind != COUNTER {
        return Err(Fault::trap("a metric that is no counter"));
    }
    let name = guest.text(name, length)?;
    let counters = &mut guest.host().counters;
    // Every definition is an id of its own, even under the same name: the same counter of Envoy's.
    counters.push(name);
    let id = counters.len() as u32;
    guest.write(id_at, &id.to_le_bytes())
}

pub(crate) fn increment(guest: &mut Guest<'_>, id: u32, by: i64) -> Result<(), Fault> {
    let name = name(guest, id)?;
    let by = u64::try_from(by).ok().filter(|by| *by > 0);
    guest.host().process.count(&name, by.ok_or(Status::BadArgument)?);
    Ok(())
}

pub(crate) fn get(guest: &mut Guest<'_>, id: u32, value_at: u32) -> Result<(), Fault> {
    let name = name(guest, id)?;
    let value = guest.host().process.counter(&name);
    guest.write(value_at, &value.to_le_bytes())
}

fn name(guest: &mut Guest<'_>, id: u32) -> Result<String, Fault> {
    let name = guest.host().counters.get((id as usize).wrapping_sub(1));
    Ok(name.ok_or(Status::NotFound)?.clone())
}
