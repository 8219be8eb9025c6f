//! Findings, written for people and for programs.

mod github;
mod json;
mod sarif;
mod text;

use crate::{check::Report, find::Source};
use std::io::{self, Write};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people, with the lines they are about.
    #[default]
    Text,
    /// One object with a list of findings.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub Actions shows beside the lines.
    Github,
}

/// Writes a report.
///
/// # Errors
/// What the writer says.
pub fn write(out: &mut dyn Write, format: Format, report: &Report, sources: &[Source]) -> io::Result<()> {
    match format {
        Format::Text => text::write(out, report, sources),
        Format::Json => json::write(out, report),
        Format::Sarif => sarif::write(out, report),
        Format::Github => github::write(out, report),
    }
}
