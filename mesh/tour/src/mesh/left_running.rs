//! What `edge-demo up` leaves behind, and how `edge-demo down` finds it again.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::Error;
use crate::process::Leftover;
use crate::tool;

/// A mesh that outlives the program that started it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LeftRunning {
    /// Where to send requests.
    pub addresses: Addresses,
    /// Its processes, in the order in which they are to be stopped.
    pub processes: Vec<Leftover>,
}

impl LeftRunning {
    /// The folder for its logs and the note about it; not under version control.
    #[must_use]
    pub fn folder() -> PathBuf {
        tool::root().join(".demo")
    }

    /// The mesh that was noted, when any of it still runs.
    #[must_use]
    pub fn find() -> Option<Self> {
        let noted: Self = serde_json::from_slice(&fs::read(note()).ok()?).ok()?;
        noted.processes.iter().any(Leftover::is_running).then_some(noted)
    }

    /// Whether all of it still runs.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.processes.iter().all(Leftover::is_running)
    }

    /// Notes it for [`find`](Self::find).
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn note(&self) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs::write(note(), text).map_err(Error::file(note()))
    }

    /// Stops what still runs and removes the note; gives the names of what was stopped.
    #[must_use]
    pub fn stop(&self) -> Vec<&str> {
        let stopped = self.processes.iter().filter(|process| process.stop());
        let names = stopped.map(|process| process.name.as_str()).collect();
        // A note that can't be removed names processes that no longer run: `find` then finds nothing.
        let _ = fs::remove_file(note());
        names
    }
}

/// Where the parts that a client talks to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Addresses {
    /// Envoy, in front of everything.
    pub edge: SocketAddr,
    /// Envoy's admin interface.
    pub admin: SocketAddr,
    /// The identity provider.
    pub idp: SocketAddr,
}

fn note() -> PathBuf {
    LeftRunning::folder().join("mesh.json")
}
