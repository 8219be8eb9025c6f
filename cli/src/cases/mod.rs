//! Users' own `cases/*.yaml`: behaviour as data, replayed.

mod file;
mod junit;
mod outcome;
mod tap;
mod text;

pub use file::{TestFile, read_file};
pub use outcome::Outcome;

use http_filter::document;
use http_filter_replay::CaseFile;
use serde_json::Value;
use std::{io, io::Write};

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// JUnit's XML, which most CI systems read.
    Junit,
}

/// Replays the cases of a file whose name contains `only`.
pub fn run(file: &TestFile, only: &str) -> Vec<Outcome> {
    let cases = file.cases.iter().filter(|(case, _)| case.name.contains(only));
    cases
        .map(|(case, line)| Outcome {
            name: case.name.clone(),
            file: file.name.clone(),
            line: *line,
            differences: file.replay(case),
        })
        .collect()
}

/// The JSON Schema of files of cases.
pub fn schema() -> Value {
    document::schema_of::<CaseFile>("cases")
}

/// Writes results.
///
/// # Errors
/// What the writer says.
pub fn write(out: &mut dyn Write, form: Form, outcomes: &[Outcome]) -> io::Result<()> {
    match form {
        Form::Text => text::write(out, outcomes),
        Form::Tap => tap::write(out, outcomes),
        Form::Junit => junit::write(out, outcomes),
    }
}
