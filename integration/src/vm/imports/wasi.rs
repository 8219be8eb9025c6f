//! What our modules need of WASI preview 1, as Envoy offers it.

use crate::vm::{guest::Guest, host::Host, status::Fault};
use wasmi::{Caller, Error, Linker, errors::LinkerError};

const MODULE: &str = "wasi_snapshot_preview1";
/// Errno values.
const BADF: u32 = 8;
const INVAL: u32 = 28;

pub(crate) fn define(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker.func_wrap(
        MODULE,
        "proc_exit",
        |_: Caller<'_, Host>, code: u32| -> Result<(), Error> {
            Err(Error::new(format!("the module exits with {code}")))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "environ_sizes_get",
        |caller: Caller<'_, Host>, count_at: u32, size_at: u32| {
            Guest::enter(caller, "environ_sizes_get", |guest| {
                guest.write(count_at, &[0; 4])?;
                guest.write(size_at, &[0; 4])
            })
        },
    )?;
    linker.func_wrap(
        MODULE,
        "environ_get",
        |caller: Caller<'_, Host>, _: u32, _: u32| Guest::enter(caller, "environ_get", |_| Ok(())),
    )?;
    linker.func_wrap(
        MODULE,
        "random_get",
        |caller: Caller<'_, Host>, buffer: u32, length: u32| {
            Guest::enter(caller, "random_get", |guest| random_get(guest, buffer, length))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "clock_time_get",
        |caller: Caller<'_, Host>, clock: u32, _: i64, time_at: u32| {
            errno(caller, "clock_time_get", |guest| {
                clock_time_get(guest, clock, time_at)
            })
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_write",
        |caller: Caller<'_, Host>, fd: u32, vectors: u32, count: u32, written_at: u32| {
            errno(caller, "fd_write", |guest| {
                fd_write(guest, fd, vectors, count, written_at)
            })
        },
    )?;
    Ok(())
}

/// Runs a call that answers with WASI's own numbers.
fn errno(
    caller: Caller<'_, Host>,
    name: &'static str,
    call: impl FnOnce(&mut Guest<'_>) -> Result<u32, Fault>,
) -> Result<u32, Error> {
    let mut number = 0;
    let status = Guest::enter(caller, name, |guest| {
        number = call(guest)?;
        Ok(())
    })?;
    Ok(if status == 0 { number } else { INVAL })
}

fn random_get(guest: &mut Guest<'_>, buffer: u32, length: u32) -> Result<(), Fault> {
    if length > 64 * 1024 {
        return Err(Fault::trap("more than 64 KiB of randomness at once"));
    }
    let mut bytes = Vec::with_capacity(length as usize + 8);
    while bytes.len() < length as usize {
        bytes.extend(guest.host().process.random().to_le_bytes());
    }
    bytes.truncate(length as usize);
    guest.write(buffer, &bytes)
}

fn clock_time_get(guest: &mut Guest<'_>, clock: u32, time_at: u32) -> Result<u32, Fault> {
    let process = &guest.host().process;
    let time = match clock {
        0 => process.now(),
        1 => process.elapsed(),
        _ => return Ok(INVAL),
    };
    guest.write(time_at, &(time.as_nanos() as u64).to_le_bytes())?;
    Ok(0)
}

/// Standard output becomes information, standard error an error in Envoy's log.
fn fd_write(guest: &mut Guest<'_>, fd: u32, vectors: u32, count: u32, written_at: u32) -> Result<u32, Fault> {
    let level = match fd {
        1 => 2,
        2 => 4,
        _ => return Ok(BADF),
    };
    let mut text = Vec::new();
    for vector in 0..count {
        let at = vectors + 8 * vector;
        let (bytes, length) = (guest.number(at)?, guest.number(at + 4)?);
        text.extend(guest.bytes(bytes, length)?);
    }
    guest
        .host()
        .process
        .write_log(level, String::from_utf8_lossy(&text).into_owned());
    guest.write(written_at, &(text.len() as u32).to_le_bytes())?;
    Ok(0)
}
