//! `schema`.

use super::{Error, Outcome};
use crate::{CARRIERS, FilterKind, carriers_schema, cases};
use clap::builder::PossibleValuesParser;
use std::io::Write;

/// Write the JSON Schema (draft 2020-12) of a filter's configuration, of files of cases, or of what carries configurations.
///
/// It is made from the same declarations that these are read by. Editors use it by a first line such as
/// `# yaml-language-server: $schema=schemas/rate-limit.json`.
#[derive(Debug, clap::Args)]
pub struct Schema {
    /// The filter; `cases`, for what `test` reads; or `carriers`, for Envoy's and Kubernetes' files with configurations in them.
    #[arg(value_name = "FILTER", value_parser = subjects())]
    pub subject: String,
}

fn subjects() -> PossibleValuesParser {
    PossibleValuesParser::new(
        FilterKind::ALL
            .map(FilterKind::name)
            .into_iter()
            .chain([CASES, CARRIERS]),
    )
}

impl Schema {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let schema = match FilterKind::of_name(&self.subject) {
            Some(kind) => kind.schema(),
            None if self.subject == CARRIERS => carriers_schema(),
            None => cases::schema(),
        };
        writeln!(out, "{schema:#}")?;
        Ok(Outcome::Good)
    }
}

const CASES: &str = "cases";
