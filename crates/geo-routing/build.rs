//! With the feature `embedded`: embeds the database that `GEO_TABLE` names.
#![allow(
    clippy::panic,
    reason = "a build that can't embed what it was told to must stop"
)]

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=GEO_TABLE");
    let output = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("embedded");
    let wanted = env::var_os("CARGO_FEATURE_EMBEDDED").is_some();
    let named = env::var_os("GEO_TABLE").filter(|path| !path.is_empty());
    let database = match named.filter(|_| wanted) {
        Some(path) => {
            // Cargo runs this in the crate's folder, but people type paths from the project's root. An absolute path replaces it.
            let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
            let path = root.join(path);
            let Ok(path) = path.canonicalize() else {
                panic!("GEO_TABLE: no file at {}", path.display());
            };
            println!("cargo::rerun-if-changed={}", path.display());
            fs::read(&path).unwrap_or_else(|error| panic!("GEO_TABLE: {}: {error}", path.display()))
        }
        None => Vec::new(),
    };
    if let Err(error) = fs::write(&output, database) {
        panic!("{}: {error}", output.display());
    }
}
