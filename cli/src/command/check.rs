//! `check`.

use super::{Error, Outcome, folder, read_source};
use crate::{
    FilterKind,
    check::{Presence, Severity, check},
    envoy_program,
    report::{self, Format},
};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Find configurations in files and say what is wrong with them.
///
/// Understands Envoy's bootstrap, listeners and extension configurations (YAML or JSON; Struct, StringValue, TypedStruct; Wasm
/// and dynamic modules), Istio's WasmPlugin, TrafficExtension and EnvoyFilter, Envoy Gateway's EnvoyExtensionPolicy, Higress'
/// WasmPlugin, ConfigMaps that hold any of these, and bare configurations. Manifests of one chain may stand in several files:
/// name all of them, or their folder.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 no errors; 1 errors, or with --strict warnings; 2 a file can't be read."
)]
pub struct Check {
    /// Files to check, or folders, whose .yaml, .yml and .json files are looked through; `-` is the standard input.
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::AnyPath)]
    pub files: Vec<String>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Whose configuration it is, where a file holds nothing else and doesn't say.
    #[arg(long, value_enum)]
    pub filter: Option<FilterKind>,
    /// Have this Envoy validate each bootstrap besides (`--mode validate`), from the current folder.
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::ExecutablePath)]
    pub envoy: Option<PathBuf>,
    /// Fail on warnings as well.
    #[arg(long)]
    pub strict: bool,
}

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let mut sources = Vec::new();
        for path in &self.files {
            if Path::new(path).is_dir() {
                sources.extend(folder::sources(Path::new(path))?);
            } else {
                sources.push(read_source(path)?);
            }
        }
        let mut report = check(&sources, self.filter, &presence);
        if let Some(envoy) = &self.envoy {
            for source in &sources {
                report.findings.extend(envoy_program::validate(envoy, source)?);
            }
        }
        report::write(out, self.format, &report, &sources)?;
        let fails = |severity| severity == Severity::Error || (self.strict && severity == Severity::Warning);
        let bad = report
            .findings
            .iter()
            .any(|finding| fails(finding.rule.severity()));
        Ok(if bad { Outcome::Bad } else { Outcome::Good })
    }
}

/// Whether a file that `source` names is there: in the current folder, which Envoy is started in, or beside the source and
/// above, in case it is started there.
fn presence(source: &str, file: &str) -> Presence {
    let beside = Path::new(source).canonicalize().unwrap_or_default();
    let bases = std::iter::once(Path::new(".")).chain(beside.ancestors().skip(1));
    let places: Vec<PathBuf> = bases.map(|base| base.join(file)).collect();
    if places.iter().any(|place| place.is_file()) {
        return Presence::There;
    }
    let folder = places
        .iter()
        .filter_map(|place| place.parent())
        .find(|folder| folder.is_dir());
    match folder.and_then(|folder| std::fs::read_dir(folder).ok()) {
        Some(entries) => {
            let names =
                entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
            Presence::Missing(names.collect())
        }
        None => Presence::Elsewhere,
    }
}
