//! A child process that listens at an address.

use std::net::SocketAddr;
use std::path::Path;

use super::{Leftover, Process};
use crate::Error;

/// A process, where it listens, and the temporary folder of its files, if it has one.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: SocketAddr,
    folder: Option<tempfile::TempDir>,
}

impl Server {
    /// A process that has been waited for and listens at `address`.
    #[must_use]
    pub fn new(process: Process, address: SocketAddr) -> Self {
        Self {
            process,
            address,
            folder: None,
        }
    }

    /// Gives `start` a temporary folder that lives as long as the server it starts.
    ///
    /// # Errors
    /// Those of `start`, and [`Error::File`].
    pub fn in_temporary_folder(start: impl FnOnce(&Path) -> Result<Self, Error>) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
        let started = start(folder.path())?;
        Ok(Self {
            folder: Some(folder),
            ..started
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets it outlive this program; its temporary files stay too.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        if let Some(folder) = self.folder {
            let _kept = folder.keep();
        }
        self.process.leave_running()
    }
}
