//! The rate limit service (`mesh/ratelimit-service/`) as a child process: limitador's limits, counted in Redis or in its own
//! memory.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::Error;
use crate::http::Request;
use crate::process::{Leftover, Process, Server};
use crate::progress::{Progress, Silent};
use crate::tool;

/// A running rate limit service. Stopped when dropped.
#[derive(Debug)]
pub struct Limitador {
    server: Server,
    http: SocketAddr,
}

impl Limitador {
    /// Starts it with a file of limits and the counters in the Redis at `redis`, without one in memory; waits until it
    /// listens. `port` is that of gRPC, 0 for any.
    ///
    /// # Errors
    /// [`Error::Missing`] where it can't be built; the others as they say.
    pub fn start(limits: &Path, redis: Option<SocketAddr>, port: u16) -> Result<Self, Error> {
        let mut http = None;
        let server = Server::in_temporary_folder(|folder| {
            let (server, address) = serve(folder, limits, redis, port, &Silent)?;
            http = Some(address);
            Ok(server)
        })?;
        let http = http.unwrap_or_else(|| server.address());
        Ok(Self { server, http })
    }

    /// As [`start`](Self::start) on any port, with the log in `folder`, telling a person what is being waited for.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_in(
        folder: &Path,
        limits: &Path,
        redis: Option<SocketAddr>,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let (server, http) = serve(folder, limits, redis, 0, progress)?;
        Ok(Self { server, http })
    }

    /// Where gRPC is served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Whether it can decide: its Redis, where it has one, answers.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        Request::get("/status")
            .send(self.http)
            .is_ok_and(|response| response.status == 200)
    }

    /// How many questions were answered so: `authorized_calls`, `limited_calls`, `failed_calls`.
    ///
    /// # Errors
    /// [`Error::Http`].
    pub fn count(&self, name: &str) -> Result<u64, Error> {
        let metrics = Request::get("/metrics").send(self.http)?.text();
        let count = |line: &str| line.strip_prefix(name)?.trim().parse().ok();
        Ok(metrics.lines().find_map(count).unwrap_or_default())
    }

    /// Lets it outlive this program.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        self.server.leave_running()
    }
}

/// The service, and where its health is.
fn serve(
    folder: &Path,
    limits: &Path,
    redis: Option<SocketAddr>,
    port: u16,
    progress: &dyn Progress,
) -> Result<(Server, SocketAddr), Error> {
    let mut command = Command::new(tool::from_script("ratelimit-service")?);
    command
        .args(["--rls-ip", "127.0.0.1", "--rls-port", &port.to_string()])
        .args(["--http-ip", "127.0.0.1", "--http-port", "0"])
        .args(["--rate-limit-headers", "DRAFT_VERSION_03"])
        .arg(limits);
    match redis {
        Some(address) => command.args(["redis", &format!("redis://{address}")]),
        None => command.arg("memory"),
    };
    let mut process = Process::spawn("rate limit service", command, &folder.join("ratelimit.log"))?;
    let (address, http) = process.wait_until(START_LIMIT, progress, |log| {
        let line: Value = serde_json::from_str(log.lines().next()?).ok()?;
        let address = |name| line.get(name)?.as_str()?.parse().ok();
        Some((address("rls")?, address("http")?))
    })?;
    Ok((Server::new(process, address), http))
}

const START_LIMIT: Duration = Duration::from_secs(30);
