//! The subcommands.

pub mod check;
mod error;
mod files;

pub use error::Error;
pub use files::{read_bytes, read_source};

use crate::{Arguments, arguments::Command};
use std::{io::Write, process::ExitCode};

/// What a command found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Good,
    /// Something is wrong with what was looked at.
    Bad,
}

/// Runs a command, writing to `out`.
///
/// # Errors
/// [`Error`] when it can't do what was asked.
pub fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Outcome, Error> {
    match &arguments.command {
        Command::Check(check) => check.run(out),
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Good => Self::SUCCESS,
            Outcome::Bad => Self::from(1),
        }
    }
}
