//! How each runtime is started, and what it may take: the limits are in functions/README.md, as text.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Runtime;
use crate::Error;
use crate::tool;

/// The command that starts the function of `region` at `address`, out of the files in `dist`. `folder` is for what it has to
/// write first.
///
/// # Errors
/// [`Error::Missing`] without the built function or its runtime, [`Error::File`].
pub(super) fn of(
    runtime: &Runtime,
    address: SocketAddr,
    region: &str,
    dist: &str,
    folder: &Path,
) -> Result<Command, Error> {
    let file = built(&format!("{dist}/{}", runtime.artifact()), runtime.build())?;
    match runtime {
        Runtime::Wasmtime => wasmtime(runtime, &file, address, region, SMALL),
        Runtime::WasmtimeAhead => wasmtime(runtime, &file, address, region, SMALL),
        Runtime::JavaScript | Runtime::Python => wasmtime(runtime, &file, address, region, LANGUAGE),
        Runtime::WasmEdge(program) => Ok(wasmedge(program, &file, address, region)),
        Runtime::WasmEdgeAhead(program) => {
            let inner = wasmedge(program, &file, address, region);
            watched(&inner, address, dist, &[])
        }
        Runtime::Native => watched(
            &Command::new(&file),
            address,
            dist,
            &["--address-space-mib", "256"],
        )
        .map(|mut command| {
            command.env("ADDRESS", address.to_string()).env("REGION", region);
            command
        }),
        Runtime::Workers(program) => workers(program, &file, address, region, dist, folder),
    }
}

/// Every request has an instance of its own, out of a pool. Fuel is what it may compute, whatever time it waits in between; the
/// timeout is for all of it.
fn wasmtime(
    runtime: &Runtime,
    component: &Path,
    address: SocketAddr,
    region: &str,
    limits: Limits,
) -> Result<Command, Error> {
    let Limits {
        memory,
        instances,
        fuel,
    } = limits;
    let mut command = Command::new(tool::from_script("wasmtime")?);
    command.arg("serve");
    if component
        .extension()
        .is_some_and(|extension| extension == "cwasm")
    {
        command.arg("--allow-precompiled");
    }
    command
        .args(["-S", "cli"])
        .args(["-W", &format!("fuel={fuel},timeout=60s,max-memory-size={memory}")])
        .args(["-O", "pooling-allocator=y"])
        .args([
            "-O",
            &format!("pooling-max-memory-size={memory},pooling-total-memories={instances}"),
        ])
        .args(["--addr", &address.to_string()])
        .args(["--env", &format!("REGION={region}")])
        .args(["--env", &format!("RUNTIME={}", runtime.name())])
        .arg(component);
    Ok(command)
}

fn wasmedge(program: &Path, module: &Path, address: SocketAddr, region: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--memory-page-limit", PAGES])
        .args(["--env", &format!("ADDRESS={address}")])
        .args(["--env", &format!("REGION={region}")])
        .arg(module);
    command
}

/// workerd reads what its configuration embeds from the configuration's folder.
fn workers(
    program: &Path,
    module: &Path,
    address: SocketAddr,
    region: &str,
    dist: &str,
    folder: &Path,
) -> Result<Command, Error> {
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let source = tool::root().join("functions/workers");
    for name in ["worker.mjs", "wasi.mjs"] {
        fs::copy(source.join(name), folder.join(name)).map_err(Error::file(source.join(name)))?;
    }
    fs::copy(module, folder.join("functions.wasm")).map_err(Error::file(module))?;
    let shipped = source.join("workerd.capnp");
    let configuration = fs::read_to_string(&shipped).map_err(Error::file(&shipped))?;
    let configuration = configuration.replace("../../dist/functions/functions-wcgi.wasm", "functions.wasm");
    let here = folder.join("workerd.capnp");
    fs::write(&here, configuration).map_err(Error::file(&here))?;
    let mut inner = Command::new(program);
    inner
        .arg("serve")
        .arg(&here)
        .arg(format!("--socket-addr=http={address}"));
    let mut command = watched(&inner, address, dist, &["--memory-mib", "256"])?;
    command.env("REGION", region).env("RUNTIME", "workers");
    Ok(command)
}

/// The same under `functions-watch`, which starts it again once it has ended or no longer answers.
fn watched(inner: &Command, address: SocketAddr, dist: &str, limits: &[&str]) -> Result<Command, Error> {
    let mut command = Command::new(built(&format!("{dist}/functions/functions-watch"), "native")?);
    command
        .args(["--address", &address.to_string(), "--answer-ms", "1000"])
        .args(limits)
        .arg("--")
        .arg(inner.get_program())
        .args(inner.get_args());
    Ok(command)
}

fn built(path: &str, runtime: &str) -> Result<PathBuf, Error> {
    let found = tool::root().join(path);
    match found.is_file() {
        true => Ok(found),
        false => Err(Error::Missing {
            program: path.to_owned(),
            remedy: match runtime {
                "wasmtime" | "wasmedge" => "run `make functions`".to_owned(),
                other => format!("run `make functions RUNTIME={other}`"),
            },
        }),
    }
}

/// What an instance on wasmtime may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// In bytes.
    memory: usize,
    /// So many at once.
    instances: usize,
    /// About one for each instruction: a thousand million take half a second.
    fuel: u64,
}

const SMALL: Limits = Limits {
    memory: 64 * MEBIBYTE,
    instances: 200,
    fuel: 1_000_000_000,
};
/// An interpreter comes with its heap, and needs many instructions for one of the function's.
const LANGUAGE: Limits = Limits {
    memory: 128 * MEBIBYTE,
    instances: 50,
    fuel: 5_000_000_000,
};
/// Of 64 KiB: 64 MiB.
const PAGES: &str = "1024";
const MEBIBYTE: usize = 1024 * 1024;
