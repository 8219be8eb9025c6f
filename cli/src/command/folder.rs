//! The files of a folder that may hold configurations.

use super::{Error, read_source};
use crate::{FilterKind, document, find::Source};
use std::path::{Path, PathBuf};

/// The YAML and JSON files below a folder, in the order of their names, that can be read. What is neither and mentions no filter
/// is left out: templates and the like stand beside manifests.
///
/// # Errors
/// [`Error::File`] where a folder or a file can't be read, [`Error::Content`] where there are more than 10,000 files.
pub(super) fn sources(folder: &Path) -> Result<Vec<Source>, Error> {
    let mut paths = Vec::new();
    collect(folder, 0, &mut paths)?;
    paths.sort();
    let mut sources = Vec::new();
    for path in paths {
        let source = read_source(&path.to_string_lossy())?;
        if FilterKind::mentioned(&source.text).is_some() || is_looked_at(&source) {
            sources.push(source);
        }
    }
    if sources.is_empty() {
        return Err(Error::Content(format!(
            "{}: no file in it holds a configuration of a filter",
            folder.display()
        )));
    }
    Ok(sources)
}

/// Whether a file that mentions no filter by name holds a plugin all the same, or a bare configuration.
fn is_looked_at(source: &Source) -> bool {
    if document::parse(&source.text).is_err() {
        return false;
    }
    crate::find::find(source, None).is_ok_and(|found| {
        !found.chains.is_empty() || !found.unrecognised.is_empty() || !found.findings.is_empty()
    })
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error| Error::File {
        path: folder.display().to_string(),
        error,
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // What is hidden, and what other programs keep.
        if name.starts_with('.') || matches!(name.as_str(), "node_modules" | "target") {
            continue;
        }
        if path.is_dir() {
            // Links may lead in circles.
            if depth < DEEPEST && !path.is_symlink() {
                collect(&path, depth + 1, found)?;
            }
        } else if path
            .extension()
            .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
        {
            found.push(path);
        }
        if found.len() > MOST_FILES {
            return Err(Error::Content(format!(
                "{}: more than {MOST_FILES} files; name a folder in it",
                folder.display()
            )));
        }
    }
    Ok(())
}

const DEEPEST: usize = 32;
const MOST_FILES: usize = 10_000;
