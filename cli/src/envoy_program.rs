//! Envoy itself as a judge: `envoy --mode validate`.

use crate::{
    check::{Finding, Rule},
    command::Error,
    document::{self, Node, Position},
    find::Source,
};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// What this Envoy says of a bootstrap; of any other file nothing, since it takes none.
///
/// # Errors
/// [`Error::File`] when Envoy can't be started.
pub(crate) fn validate(envoy: &Path, source: &Source) -> Result<Vec<Finding>, Error> {
    let Ok(parsed) = document::parse(&source.text) else {
        return Ok(Vec::new());
    };
    let is_bootstrap = |node: &Node| {
        node.any(&[
            "static_resources",
            "staticResources",
            "dynamic_resources",
            "dynamicResources",
        ])
        .is_some()
    };
    if !parsed.documents.iter().any(is_bootstrap) {
        return Ok(Vec::new());
    }
    let failed = |error| Error::File {
        path: envoy.display().to_string(),
        error,
    };
    // What came by the standard input is no file.
    let given = if Path::new(&source.name).is_file() {
        ["--config-path", &source.name]
    } else {
        ["--config-yaml", &source.text]
    };
    let output = Command::new(envoy)
        .args(["--mode", "validate", "--log-level", "error", "--log-format", "%v"])
        .args(given)
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    if output.status.success() {
        return Ok(Vec::new());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    let said = if said.is_empty() {
        "Envoy refuses it, and doesn't say why"
    } else {
        said
    };
    let message = format!("Envoy refuses the file: {said}");
    Ok(vec![
        Finding::new(Rule::EnvoyRefuses, Position::default(), message).in_file(&source.name),
    ])
}
