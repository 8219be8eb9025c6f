//! What is shipped: each module imports only what Envoy offers, exports only what Envoy shall call, keeps its budget, and
//! tells nothing of the machine that built it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use integration::{
    module,
    vm::{Program, abi},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What every module exports, whatever its filter does.
const ALWAYS: [&str; 8] = [
    "memory",
    "_initialize",
    "proxy_abi_version_0_2_1",
    "proxy_on_memory_allocate",
    "proxy_on_vm_start",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
];

struct Shipped {
    filter: String,
    path: PathBuf,
    callbacks: Vec<String>,
    budget: usize,
}

/// Every package under `filters/`, as its manifest describes it.
fn shipped() -> Vec<Shipped> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(module::workspace())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let folder = module::workspace().join("filters");
    let packages = metadata["packages"].as_array().unwrap().iter();
    let modules: Vec<_> = packages
        .filter_map(|package| builds(package, &folder))
        .flatten()
        .collect();
    assert!(modules.len() >= module::FILTERS.len(), "filters are missing");
    modules
}

/// A filter's module, and those with a feature.
fn builds(package: &Value, folder: &Path) -> Option<Vec<Shipped>> {
    let manifest = PathBuf::from(package["manifest_path"].as_str()?);
    let filter = manifest.parent()?.strip_prefix(folder).ok()?.to_str()?;
    let described = &package["metadata"]["filter"];
    let callbacks: Vec<String> = described["callbacks"]
        .as_array()?
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let shipped = |name: String, described: &Value| Shipped {
        path: module::shipped(&name),
        filter: name,
        callbacks: callbacks.clone(),
        budget: kib(described["budget"].as_str().unwrap()),
    };
    let featured = described["featured"].as_object().into_iter().flatten();
    let featured = featured.filter(|(feature, _)| feature.as_str() != "embedded" || module::has_embedded());
    Some(
        std::iter::once(shipped(filter.to_owned(), described))
            .chain(featured.map(|(feature, described)| shipped(format!("{filter}-{feature}"), described)))
            .collect(),
    )
}

fn kib(budget: &str) -> usize {
    budget.strip_suffix("KiB").unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
fn imports_are_offered_by_envoy() {
    for shipped in shipped() {
        for (module, name) in Program::load(&shipped.path).imports() {
            assert!(
                abi::is_offered(&module, &name),
                "{}: {module}.{name}",
                shipped.filter
            );
        }
    }
}

#[test]
fn exports_are_those_of_the_manifest() {
    for shipped in shipped() {
        let expected: BTreeSet<_> = shipped
            .callbacks
            .iter()
            .map(String::as_str)
            .chain(ALWAYS)
            .collect();
        let exports = Program::load(&shipped.path).exports();
        let found: BTreeSet<_> = exports.iter().map(String::as_str).collect();
        assert_eq!(found, expected, "{}", shipped.filter);
    }
}

#[test]
fn sizes_are_within_budget() {
    let mut over = Vec::new();
    for shipped in shipped() {
        let size = fs::metadata(&shipped.path).unwrap().len() as usize;
        if size > shipped.budget {
            over.push(format!("{}: {size} of {} bytes", shipped.filter, shipped.budget));
        }
    }
    assert!(over.is_empty(), "over budget:\n  {}", over.join("\n  "));
}

#[test]
fn sums_are_those_of_the_files() {
    let folder = module::workspace().join("dist");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("build the modules with `make wasm`");
    for shipped in shipped() {
        let name = format!("{}.wasm", shipped.filter);
        let line = sums
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(&name));
        let line = line.unwrap_or_else(|| panic!("{name} has no sum"));
        let digest = Sha256::digest(fs::read(&shipped.path).unwrap());
        let sum = http_fields::hex::encode(&digest);
        assert_eq!(line.split_whitespace().next(), Some(sum.as_str()), "{name}");
    }
}

/// Panic messages name source files; where those lie on the machine that built the module is nobody's business, and
/// would make the same source another module elsewhere.
#[test]
fn nothing_tells_of_the_machine_that_built_it() {
    let workspace = module::workspace();
    let workspace = workspace.to_str().unwrap();
    let mut found = Vec::new();
    for shipped in shipped() {
        let module = fs::read(&shipped.path).unwrap();
        for path in ["/root/", "/home/", ".cargo/registry", workspace] {
            let times = module
                .windows(path.len())
                .filter(|bytes| *bytes == path.as_bytes())
                .count();
            if times > 0 {
                found.push(format!("{}: {path} {times} times", shipped.filter));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
