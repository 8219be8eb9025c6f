//! `test`.

use super::{Error, Outcome};
use crate::{
    FilterKind,
    cases::{self, Form, read_file},
};
use std::io::Write;

/// Replay cases: requests, what upstream answers, and what should become of them.
///
/// A file of cases says which filter it is about (`filter: rate-limit`, with `config:`), or names the file that holds the
/// chain (`policy: ../envoy.yaml`). Cases with several exchanges share state and have a clock, for quotas and caches.
/// `docs/tutorial.md` begins with one; the format is in `crates/http-filter-test/README.md`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 all cases come to what they expect; 1 some don't; 2 a file is no file of cases."
)]
pub struct Test {
    /// Files of cases.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub files: Vec<String>,
    /// How to write the results.
    #[arg(long, value_enum, default_value_t)]
    pub format: Form,
    /// Which filter cases are about, where a file doesn't say.
    #[arg(long, value_enum)]
    pub filter: Option<FilterKind>,
    /// Only cases whose name contains this.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub only: String,
}

impl Test {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let files = self
            .files
            .iter()
            .map(|path| read_file(path, self.filter))
            .collect::<Result<Vec<_>, _>>()?;
        let outcomes: Vec<_> = files
            .iter()
            .flat_map(|file| cases::run(file, &self.only))
            .collect();
        if outcomes.is_empty() {
            return Err(Error::Content(format!("no case's name contains {:?}", self.only)));
        }
        cases::write(out, self.format, &outcomes)?;
        let good = outcomes.iter().all(cases::Outcome::is_good);
        Ok(if good { Outcome::Good } else { Outcome::Bad })
    }
}
