//! Redis as a child process, with nothing on disk.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Error;
use crate::process::{Leftover, Process, Server, free_address};
use crate::progress::{Progress, Silent};
use crate::tool;

/// A running Redis. Stopped when dropped, and with it goes what it held.
#[derive(Debug)]
pub struct Redis(Server);

impl Redis {
    /// The program, where it is installed.
    #[must_use]
    pub fn program() -> Option<PathBuf> {
        tool::in_path("redis-server").or_else(|| tool::in_path("valkey-server"))
    }

    /// Starts it on a free port and waits until it listens.
    ///
    /// # Errors
    /// [`Error::Missing`] where it isn't installed; the others as they say.
    pub fn start() -> Result<Self, Error> {
        Self::start_at(free_address()?)
    }

    /// As [`start`](Self::start), at an address where one has been before.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_at(address: SocketAddr) -> Result<Self, Error> {
        Server::in_temporary_folder(|folder| serve(folder, address, &Silent)).map(Self)
    }

    /// As [`start`](Self::start), with the log in `folder`, telling a person what is being waited for.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_in(folder: &Path, progress: &dyn Progress) -> Result<Self, Error> {
        serve(folder, free_address()?, progress).map(Self)
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

fn serve(folder: &Path, address: SocketAddr, progress: &dyn Progress) -> Result<Server, Error> {
    let program = Redis::program().ok_or_else(|| Error::Missing {
        program: "redis-server".to_owned(),
        remedy: "install Redis or Valkey (apt install redis-server, brew install redis)".to_owned(),
    })?;
    let mut command = Command::new(program);
    command
        .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(folder);
    let mut process = Process::spawn("redis", command, &folder.join("redis.log"))?;
    process.wait_until(START_LIMIT, progress, |_| TcpStream::connect(address).ok())?;
    Ok(Server::new(process, address))
}

const START_LIMIT: Duration = Duration::from_secs(30);
