use std::io;

/// Why a command can't do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file can't be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The output can't be written.
    #[error("the output can't be written: {0}")]
    Output(#[from] io::Error),
    /// An argument isn't what is expected.
    #[error("{argument}: found {found}, expected {expected}")]
    Argument {
        /// The argument.
        argument: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// Something in a file isn't as it must be; it says where.
    #[error("{0}")]
    Content(String),
}

impl Error {
    /// An argument isn't what is expected.
    pub fn argument(argument: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Argument {
            argument: argument.to_owned(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// Whether nobody reads the output any more (`edge-filters … | head`).
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
