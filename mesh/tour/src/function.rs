//! The functions as child processes, each on a runtime, with the limits that the runtime keeps.

mod command;
mod runtime;

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use command::Start;
pub use runtime::Runtime;

use crate::Error;
use crate::process::{Leftover, Process, Server, free_address};
use crate::progress::Progress;

/// A running function backend. Stopped when dropped.
#[derive(Debug)]
pub struct Function {
    server: Server,
    runtime: Runtime,
    /// Where Prometheus hears of it, if it does.
    metrics: Option<SocketAddr>,
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
        Self::start_built("dist", folder, name, region, runtime, progress)
    }

    /// The same from a folder of the project's other than `dist`.
    ///
    /// # Errors
    /// As [`start_in`](Self::start_in).
    pub fn start_built(
        dist: &str,
        folder: &Path,
        name: &str,
        region: &str,
        runtime: Runtime,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let address = free_address()?;
        let metrics = free_address()?;
        let start = Start {
            runtime: &runtime,
            name,
            region,
            address,
            metrics,
            dist,
        };
        let (command, is_told) = start.command(&folder.join(name))?;
        let title = format!("{name} ({}, {region})", runtime.name());
        let mut process = Process::spawn(&title, command, &folder.join(format!("{name}.log")))?;
        process.wait_until(START_LIMIT, progress, |_| TcpStream::connect(address).ok())?;
        let server = Server::new(process, address);
        Ok(Self {
            server,
            runtime,
            metrics: is_told.then_some(metrics),
        })
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

    /// Where `GET /metrics` tells of its starts and ends, and its memory; `None` where `functions-watch` isn't built.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Lets it outlive this program.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        self.server.leave_running()
    }
}

const START_LIMIT: Duration = Duration::from_secs(60);
