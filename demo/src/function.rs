//! The Wasm functions as child processes: a component on `wasmtime serve`, or a module on WasmEdge.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Error;
use crate::process::{Leftover, Process, Server, free_address};
use crate::progress::Progress;
use crate::tool;

/// A running function backend. Stopped when dropped.
#[derive(Debug)]
pub struct Function {
    server: Server,
    runtime: Runtime,
}

/// What runs a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runtime {
    /// `wasmtime serve`, with the component `dist/functions.wasm`.
    Wasmtime,
    /// The WasmEdge at this path, with the module `dist/functions-wasmedge.wasm`.
    WasmEdge(PathBuf),
}

impl Runtime {
    /// WasmEdge by `$WASMEDGE` or from `PATH`; where there is none, wasmtime stands in for it.
    #[must_use]
    pub fn wasmedge_or_stand_in() -> Self {
        let chosen = std::env::var_os("WASMEDGE").filter(|path| !path.is_empty());
        match chosen.map(PathBuf::from).or_else(|| tool::in_path("wasmedge")) {
            Some(program) => Self::WasmEdge(program),
            None => Self::Wasmtime,
        }
    }

    /// Its name, as the function tells it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wasmtime => "wasmtime",
            Self::WasmEdge(_) => "wasmedge",
        }
    }
}

impl Function {
    /// Starts it as the one of `region` and waits until it listens; called `name` in messages, with the log in `folder`.
    ///
    /// # Errors
    /// [`Error::Missing`] without the built function or its runtime; the others as they say.
    pub fn start_in(
        folder: &Path,
        name: &str,
        region: &str,
        runtime: Runtime,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let log = folder.join(format!("{name}.log"));
        let server = match &runtime {
            Runtime::Wasmtime => wasmtime(name, region, &log, progress),
            Runtime::WasmEdge(program) => wasmedge(program, name, region, &log, progress),
        }?;
        Ok(Self { server, runtime })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What runs it.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Lets it outlive this program.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        self.server.leave_running()
    }
}

fn wasmtime(name: &str, region: &str, log: &Path, progress: &dyn Progress) -> Result<Server, Error> {
    let component = built("dist/functions.wasm")?;
    let mut command = Command::new(tool::from_script("wasmtime")?);
    command
        .args(["serve", "-S", "cli", "--addr", "127.0.0.1:0"])
        .args(["--env", &format!("REGION={region}"), "--env", "RUNTIME=wasmtime"])
        .arg(component);
    let mut process = Process::spawn(&format!("{name} (wasmtime, {region})"), command, log)?;
    let address = process.wait_until(START_LIMIT, progress, |log| {
        log.lines()
            .find_map(|line| line.split_once("http://")?.1.trim_end_matches('/').parse().ok())
    })?;
    Ok(Server::new(process, address))
}

fn wasmedge(
    program: &Path,
    name: &str,
    region: &str,
    log: &Path,
    progress: &dyn Progress,
) -> Result<Server, Error> {
    let module = built("dist/functions-wasmedge.wasm")?;
    let address = free_address()?;
    let mut command = Command::new(program);
    command
        .args([
            "--env",
            &format!("ADDRESS={address}"),
            "--env",
            &format!("REGION={region}"),
        ])
        .arg(module);
    let mut process = Process::spawn(&format!("{name} (WasmEdge, {region})"), command, log)?;
    process.wait_until(START_LIMIT, progress, |_| TcpStream::connect(address).ok())?;
    Ok(Server::new(process, address))
}

fn built(path: &str) -> Result<PathBuf, Error> {
    let found = tool::root().join(path);
    match found.is_file() {
        true => Ok(found),
        false => Err(Error::Missing {
            program: path.to_owned(),
            remedy: "run `make functions`".to_owned(),
        }),
    }
}

const START_LIMIT: Duration = Duration::from_secs(60);
