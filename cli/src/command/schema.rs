//! `schema`.

use super::{Error, Outcome};
use crate::{FilterKind, cases};
use clap::builder::PossibleValuesParser;
use std::io::Write;

/// Write the JSON Schema (draft 2020-12) of a filter's configuration, or of files of cases.
///
/// It is made from the same declarations that these are read by. Editors use it by a first line such as
/// `# yaml-language-server: $schema=schemas/rate-limit.json`.
#[derive(Debug, clap::Args)]
pub struct Schema {
    /// The filter; or `cases`, for what `test` reads.
    #[arg(value_name = "FILTER", value_parser = subjects())]
    pub subject: String,
}

fn subjects() -> PossibleValuesParser {
    PossibleValuesParser::new(FilterKind::ALL.map(FilterKind::name).into_iter().chain([CASES]))
}

impl Schema {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let schema = FilterKind::of_name(&self.subject).map_or_else(cases::schema, FilterKind::schema);
        writeln!(out, "{schema:#}")?;
        Ok(Outcome::Good)
    }
}

const CASES: &str = "cases";
