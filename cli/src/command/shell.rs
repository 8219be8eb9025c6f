//! `completions` and `man`.

use super::{Error, Outcome};
use crate::Arguments;
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::{self, Write};

/// Write completions for a shell.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell.
    pub shell: Shell,
}

/// Write the manual page, of the command or of a subcommand.
#[derive(Debug, clap::Args)]
pub struct Man {
    /// The subcommand, for example `check`, or `jwt mint`.
    pub subcommand: Vec<String>,
}

impl Completions {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "edge-filters", &mut script);
        out.write_all(&script)?;
        Ok(Outcome::Good)
    }
}

impl Man {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let mut command = Arguments::command();
        command.build();
        let mut command = &command;
        for name in &self.subcommand {
            let found = command.find_subcommand(name);
            command = found.ok_or_else(|| Error::argument("man", format!("{name:?}"), "a subcommand"))?;
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command.clone())
            .render(&mut page)
            .map_err(io::Error::other)?;
        out.write_all(&page)?;
        Ok(Outcome::Good)
    }
}
