use std::{io, net::SocketAddr, path::PathBuf};

/// Why the service doesn't start, or can't decide.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The file with the limits can't be read.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// It says what no limit can be.
    #[error("{0}: {1}")]
    Limits(PathBuf, String),
    /// The port is taken, or not ours.
    #[error("can't listen at {0}: {1}")]
    Listen(String, io::Error),
    /// A limit can't be applied to a question.
    #[error("a limit of {0} can't be applied: {1}")]
    Expression(String, String),
    /// There is no room in memory for another counter.
    #[error("there are {0} counters already, and all of their windows last")]
    Full(usize),
    /// Redis isn't there, or too slow.
    #[error("Redis: {0}")]
    Redis(#[from] redis::RedisError),
}

impl Error {
    pub(crate) fn listen(address: SocketAddr) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Listen(address.to_string(), error)
    }
}
