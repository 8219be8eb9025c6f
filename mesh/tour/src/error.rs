//! What can go wrong while the mesh is started, driven or stopped.

use std::io;
use std::path::PathBuf;

/// A failure of the mesh. Each variant says what to do about it where that is known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program the mesh needs isn't there.
    #[error("{program} is needed and was not found: {remedy}")]
    Missing {
        /// The program that was looked for.
        program: String,
        /// What to install or set.
        remedy: String,
    },
    /// A program could not be started.
    #[error("{name} could not be started: {source}")]
    Spawn {
        /// Which part of the mesh.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// A part ended although it should be running.
    #[error("{name} ended early ({status}); the end of its log:\n{log}")]
    Ended {
        /// Which part of the mesh.
        name: String,
        /// Its exit status.
        status: String,
        /// The last lines it wrote.
        log: String,
    },
    /// A part did not become ready in time.
    #[error("{name} was not ready after {seconds:.0} s; the end of its log:\n{log}")]
    NotReady {
        /// Which part of the mesh.
        name: String,
        /// How long it was waited for, in seconds.
        seconds: f64,
        /// The last lines it wrote.
        log: String,
    },
    /// The user interrupted.
    #[error("interrupted")]
    Interrupted,
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An Envoy configuration isn't what the mesh can work with.
    #[error("Envoy configuration: {0}")]
    Configuration(String),
    /// A request got no proper response.
    #[error("no HTTP response from {from}: {reason}")]
    Http {
        /// Address and request target.
        from: String,
        /// What happened instead.
        reason: String,
    },
    /// A step of the tour, or the state of the mesh, isn't what it should be.
    #[error("{0}")]
    Unexpected(String),
}

impl Error {
    /// For `map_err` on operations on the file at `path`.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
