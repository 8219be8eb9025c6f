//! The function backend's behaviour as data: `*.yaml` beside this crate says what is asked and what must come back. The handler's
//! own tests play the cases natively; `integration/tests/runtimes.rs` plays the same ones on every runtime.

mod case;
mod expected;
mod folder;

use std::fs;
use std::path::PathBuf;

use folder::folder;

pub use case::{Case, Request};
pub use expected::{Answer, Expected};

/// A file of cases that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can't be read.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It isn't a list of cases.
    #[error("{path}: {source}", path = path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// What was found, and what was expected.
        source: serde_yaml_ng::Error,
    },
}

/// The cases of one file: `core` is what functions in every language answer, others are the handler's.
///
/// # Errors
/// [`Error`] when there is no such file, or it isn't a list of cases.
pub fn cases(name: &str) -> Result<Vec<Case>, Error> {
    let path = folder().join(format!("{name}.yaml"));
    let text = fs::read_to_string(&path).map_err(|source| Error::File {
        path: path.clone(),
        source,
    })?;
    serde_yaml_ng::from_str(&text).map_err(|source| Error::Form { path, source })
}

/// The files' names, without `.yaml`, in order.
///
/// # Errors
/// [`Error::File`] when the folder can't be read.
pub fn files() -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(folder()).map_err(|source| Error::File {
        path: folder(),
        source,
    })?;
    let names = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        Some(name.strip_suffix(".yaml")?.to_owned())
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    Ok(names)
}
