//! How the sources are laid out: no two files import each other, and the crates of filters have the same files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests"
)]

mod circles;
mod imports;

use circles::circles;
use imports::imports;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The crates of filters, and the modules that each of them has.
const FILTERS: &[&str] = &[
    "cache-headers",
    "compression-negotiation",
    "geo-routing",
    "jwt-auth",
    "rate-limit",
];
const MODULES: &[&str] = &["config", "counter", "document", "explanation", "filter"];

#[test]
fn no_two_files_import_each_other() {
    let mut wrong = Vec::new();
    for (name, src) in sources() {
        let imports = imports(&src);
        for circle in circles(&imports) {
            for file in &circle {
                let imported = imports[*file]
                    .iter()
                    .filter(|other| circle.contains(other.as_str()));
                let imported: Vec<&str> = imported.map(String::as_str).collect();
                wrong.push(format!("{name}/{file} imports {}", imported.join(", ")));
            }
            wrong.push(String::new());
        }
    }
    assert!(wrong.is_empty(), "files import each other:\n{}", wrong.join("\n"));
}

#[test]
fn filters_have_the_same_files() {
    let mut wrong = Vec::new();
    for (name, src) in sources()
        .iter()
        .filter(|(name, _)| FILTERS.contains(&name.as_str()))
    {
        for module in MODULES {
            if !is_module(src, module) {
                wrong.push(format!("{name} has no {module}.rs"));
            }
        }
        let library = fs::read_to_string(src.join("lib.rs")).unwrap();
        if !library.contains("impl FilterConfig for") {
            wrong.push(format!("{name}/lib.rs does not implement FilterConfig"));
        }
        let replies = imports(src).into_keys().filter(|file| {
            let text = fs::read_to_string(src.join(file)).unwrap();
            text.contains("Problem::new(") || text.contains("LocalReply::new(")
        });
        for file in replies.filter(|file| file != "reply.rs") {
            wrong.push(format!("{name}/{file} makes a reply: that is for reply.rs"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_module(src: &Path, name: &str) -> bool {
    src.join(name).with_extension("rs").is_file() || src.join(name).join("mod.rs").is_file()
}

/// The crates of the workspace by their folders, and their `src`.
fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["crates", "functions", "mesh", "."].map(|folder| root.join(folder));
    let mut sources: Vec<(String, PathBuf)> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path().join("src")))
        .filter(|(_, src)| src.is_dir())
        .collect();
    sources.sort();
    sources
}
