//! `check`.

use super::{Error, Outcome, read_source};
use crate::{
    FilterKind,
    check::{Severity, check},
    report::{self, Format},
};
use std::io::Write;

/// Find configurations in files and say what is wrong with them.
///
/// Understands Envoy's bootstrap, listeners and extension configurations (YAML or JSON; Struct, StringValue, TypedStruct),
/// Istio's WasmPlugin, TrafficExtension and EnvoyFilter, Envoy Gateway's EnvoyExtensionPolicy, Higress' WasmPlugin,
/// ConfigMaps that hold any of these, and bare configurations. Manifests of one chain may stand in several files: name all
/// of them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 no errors; 1 errors, or with --strict warnings; 2 a file can't be read."
)]
pub struct Check {
    /// Files to check; `-` is the standard input.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub files: Vec<String>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Whose configuration it is, where a file holds nothing else and doesn't say.
    #[arg(long, value_enum)]
    pub filter: Option<FilterKind>,
    /// Fail on warnings as well.
    #[arg(long)]
    pub strict: bool,
}

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let sources = self
            .files
            .iter()
            .map(|path| read_source(path))
            .collect::<Result<Vec<_>, _>>()?;
        let report = check(&sources, self.filter);
        report::write(out, self.format, &report, &sources)?;
        let fails = |severity| severity == Severity::Error || self.strict;
        let bad = report
            .findings
            .iter()
            .any(|finding| fails(finding.rule.severity()));
        Ok(if bad { Outcome::Bad } else { Outcome::Good })
    }
}
