//! How the sources are laid out: no circle between files, and the same files in every filter's crate.

mod circles;
mod imports;

use circles::circles;
use imports::{Imports, imports};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn no_two_files_import_each_other() {
    let mut found = Vec::new();
    for src in sources() {
        let imports = imports(&src);
        for circle in circles(&imports) {
            let mut lines = Vec::new();
            for file in &circle {
                let into: Vec<_> = imports[*file].iter().filter(|other| circle.contains(other.as_str())).collect();
                lines.push(format!("    {file} -> {into:?}"));
            }
            found.push(format!("{}: {} files\n{}", src.display(), circle.len(), lines.join("\n")));
        }
    }
    assert!(found.is_empty(), "{} circles:\n{}", found.len(), found.join("\n"));
}

/// The `src` folders of the workspace.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().unwrap();
    let folders = ["crates", "functions", "."].map(|folder| root.join(folder));
    let mut sources: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path().join("src"))
        .filter(|src| src.is_dir())
        .collect();
    sources.sort();
    sources
}
