//! The subcommands.

pub mod check;
mod error;
pub mod explain;
pub mod fields;
mod files;
mod folder;
pub mod geo;
pub mod init;
pub mod jwt;
mod moment;
mod outcome;
pub mod schema;
pub mod shell;
pub mod test;

pub use error::Error;
pub use files::{read_bytes, read_source};
pub use moment::{in_words, moment, now};
pub use outcome::Outcome;

use crate::{Arguments, arguments::Command};
use clap::CommandFactory;
use std::io::Write;

/// Runs a command, writing to `out`.
///
/// # Errors
/// [`Error`] when it can't do what was asked.
pub fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Outcome, Error> {
    match &arguments.command {
        Command::Check(check) => check.run(out),
        Command::Explain(explain) => explain.run(out),
        Command::Test(test) => test.run(out),
        Command::Init(init) => init.run(out),
        Command::Schema(schema) => schema.run(out),
        Command::Jwt(jwt) => jwt.run(out),
        Command::Geo(geo) => geo.run(out),
        Command::AcceptEncoding(field) => field.run(out),
        Command::CacheControl(field) => field.run(out),
        Command::Completions(completions) => completions.run(Arguments::command(), out),
        Command::Man(man) => man.run(Arguments::command(), out),
    }
}
