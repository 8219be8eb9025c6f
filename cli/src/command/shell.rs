//! `completions` and `man`.

use super::{Error, Outcome};
use clap::Command;
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
    /// Writes those of `program`.
    pub(super) fn run(&self, mut program: Command, out: &mut dyn Write) -> Result<Outcome, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "edge-filters", &mut script);
        out.write_all(&script)?;
        Ok(Outcome::Good)
    }
}

impl Man {
    /// Writes that of `program`, or of one of its subcommands.
    pub(super) fn run(&self, mut program: Command, out: &mut dyn Write) -> Result<Outcome, Error> {
        program.build();
        let mut command = &program;
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
