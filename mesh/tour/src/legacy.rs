//! The "legacy" backend: the files under `mesh/site/public`, by nginx where it is installed, else by a small server of our own.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Error;
use crate::process::{Leftover, Process, Server, free_address};
use crate::progress::{Progress, Silent};
use crate::static_site::StaticSite;
use crate::tool;

/// A running static backend. Stopped when dropped.
#[derive(Debug)]
pub enum Legacy {
    /// A process of its own.
    Process(Server),
    /// Threads of this program.
    Threads(StaticSite),
}

impl Legacy {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// As they say.
    pub fn start() -> Result<Self, Error> {
        match tool::in_path("nginx") {
            Some(path) => {
                Server::in_temporary_folder(|folder| nginx(&path, folder, &Silent)).map(Self::Process)
            }
            None => StaticSite::start(&tool::root().join(SITE), 0).map(Self::Threads),
        }
    }

    /// As [`start`](Self::start), with its files in `folder`. Given `program`, which is `edge-demo`, it is always a process of
    /// its own, which can be left running: without nginx `program serve SITE`.
    ///
    /// # Errors
    /// As they say.
    pub fn start_in(folder: &Path, program: Option<&Path>, progress: &dyn Progress) -> Result<Self, Error> {
        if let Some(nginx) = tool::in_path("nginx") {
            return self::nginx(&nginx, folder, progress).map(Self::Process);
        }
        let Some(program) = program else {
            return StaticSite::start(&tool::root().join(SITE), 0).map(Self::Threads);
        };
        let mut command = Command::new(program);
        command.arg("serve").arg(tool::root().join(SITE));
        let mut process = Process::spawn("legacy (built-in server)", command, &folder.join("legacy.log"))?;
        let address = process.wait_until(START_LIMIT, progress, |log| log.lines().next()?.parse().ok())?;
        Ok(Self::Process(Server::new(process, address)))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Process(server) => server.address(),
            Self::Threads(site) => site.address(),
        }
    }

    /// Lets it outlive this program; nothing to leave where it is only threads.
    #[must_use]
    pub fn leave_running(self) -> Option<Leftover> {
        match self {
            Self::Process(server) => Some(server.leave_running()),
            Self::Threads(_) => None,
        }
    }
}

fn nginx(nginx: &Path, folder: &Path, progress: &dyn Progress) -> Result<Server, Error> {
    let shipped = tool::root().join("mesh/site/nginx.conf");
    let shipped = fs::read_to_string(&shipped).map_err(Error::file(&shipped))?;
    let address = free_address()?;
    let configuration = folder.join("nginx.conf");
    let adapted = here(&shipped, folder, address);
    fs::write(&configuration, adapted).map_err(Error::file(&configuration))?;

    let mut command = Command::new(nginx);
    command.arg("-p").arg(folder).arg("-c").arg(&configuration);
    // Started by root, nginx gives its workers to a user who may not be able to read the site.
    let globals = match rustix::process::geteuid().is_root() {
        true => "daemon off; user root;",
        false => "daemon off;",
    };
    command.args(["-g", globals, "-e", "stderr"]);
    let mut process = Process::spawn("legacy (nginx)", command, &folder.join("legacy.log"))?;
    process.wait_until(START_LIMIT, progress, |_| TcpStream::connect(address).ok())?;
    Ok(Server::new(process, address))
}

/// The container's configuration with this machine's port and folders.
fn here(shipped: &str, folder: &Path, address: SocketAddr) -> String {
    let site = tool::root().join(SITE);
    // The folders of this machine go in last: they may themselves be below /tmp.
    shipped
        .replace("/tmp/", &format!("{}/", folder.display()))
        .replace("listen 8080;", &format!("listen {address};"))
        .replace("root /srv/legacy;", &format!("root {};", site.display()))
}

const SITE: &str = "mesh/site/public";
const START_LIMIT: Duration = Duration::from_secs(30);
