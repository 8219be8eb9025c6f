//! The Wasm function on `wasmtime serve`, as a child process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Error;
use crate::process::{Leftover, Process, Server};
use crate::progress::{Progress, Silent};
use crate::tool;

/// A running function backend. Stopped when dropped.
#[derive(Debug)]
pub struct Function(Server);

impl Function {
    /// Starts `dist/functions.wasm` and waits until it listens.
    ///
    /// # Errors
    /// [`Error::Missing`] without the component or wasmtime; the others as they say.
    pub fn start() -> Result<Self, Error> {
        Server::in_temporary_folder(|folder| Ok(Self::start_in(folder, "functions", &Silent)?.0)).map(Self)
    }

    /// As [`start`](Self::start), called `name` in messages, with the log in `folder`.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_in(folder: &Path, name: &str, progress: &dyn Progress) -> Result<Self, Error> {
        let component = component()?;
        let mut command = Command::new(tool::from_script("wasmtime")?);
        command
            .args(["serve", "-S", "cli", "--addr", "127.0.0.1:0"])
            .arg(component);
        let mut process = Process::spawn(name, command, &folder.join(format!("{name}.log")))?;
        let address = process.wait_until(START_LIMIT, progress, |log| {
            log.lines()
                .find_map(|line| line.split_once("http://")?.1.trim_end_matches('/').parse().ok())
        })?;
        Ok(Self(Server::new(process, address)))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// Lets it outlive this program.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        self.0.leave_running()
    }
}

fn component() -> Result<PathBuf, Error> {
    let path = tool::root().join("dist/functions.wasm");
    match path.is_file() {
        true => Ok(path),
        false => Err(Error::Missing {
            program: "dist/functions.wasm".to_owned(),
            remedy: "run `make functions`".to_owned(),
        }),
    }
}

const START_LIMIT: Duration = Duration::from_secs(60);
