use std::path::PathBuf;

/// Why no table could be built or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A line of a text is no range.
    #[error(
        "line {line}: found {found:?}, expected first address, last address, country; or a network in CIDR notation and its country"
    )]
    Line {
        /// Its number, beginning with 1.
        line: usize,
        /// The line, at most 80 characters of it.
        found: String,
    },
    /// The text has no ranges at all.
    #[error("there is no range in it")]
    Empty,
    /// A database that can't be read.
    #[error(transparent)]
    Database(#[from] geo_database::Error),
    /// The arguments on the command line are not as they should be.
    #[error("{0}")]
    Usage(String),
}
