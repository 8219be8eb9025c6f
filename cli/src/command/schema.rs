//! `schema`.

use super::{Error, Outcome};
use crate::FilterKind;
use std::io::Write;

/// Write the JSON Schema (draft 2020-12) of a filter's configuration.
///
/// It is made from the same declarations that the filter reads its configuration by. Editors use it by a first line such as
/// `# yaml-language-server: $schema=schemas/rate-limit.json`.
#[derive(Debug, clap::Args)]
pub struct Schema {
    /// The filter.
    #[arg(value_enum)]
    pub filter: FilterKind,
}

impl Schema {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        writeln!(out, "{:#}", self.filter.schema())?;
        Ok(Outcome::Good)
    }
}
