//! One repository is named everywhere: the one in Cargo.toml, and after `scripts/repository.sh` another one.

use integration::{module::workspace, succeed};
use std::{collections::BTreeSet, path::Path, process::Command};

const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The repositories of this name, whoever owns them, that files of a clone name, as OWNER/NAME.
fn named(clone: &Path, name: &str) -> BTreeSet<String> {
    let pattern = format!("[A-Za-z0-9-]+/{name}[^A-Za-z0-9._-]");
    let mut grep = Command::new("git");
    grep.args([
        "grep",
        "--only-matching",
        "-h",
        "-I",
        "--extended-regexp",
        "-e",
        &pattern,
    ])
    .args(["--", "*.md", "*.toml", "*.yml", "*.yaml", "*.sh"]);
    // Without any it fails.
    let found = grep.current_dir(clone).output().unwrap().stdout;
    let found = String::from_utf8(found).unwrap();
    found
        .lines()
        .map(|line| line.get(..line.len() - 1).unwrap().to_owned())
        .collect()
}

#[test]
fn one_repository_is_named_everywhere() {
    let (_, path) = REPOSITORY.split_once("github.com/").unwrap();
    let (owner, name) = path.split_once('/').unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let source = workspace();
    succeed(
        Command::new("git")
            .args(["-c", "safe.directory=*", "clone", "--quiet", "--depth", "1"])
            .arg(format!("file://{}", source.canonicalize().unwrap().display()))
            .arg(&clone),
    );
    let ours = |found: BTreeSet<String>| {
        found
            .into_iter()
            .filter(|other| other.starts_with(owner))
            .collect()
    };
    let found: BTreeSet<String> = ours(named(&clone, name));
    assert_eq!(found, BTreeSet::from([path.to_owned()]));

    let rename = |argument: &str| {
        Command::new(clone.join("scripts/repository.sh"))
            .arg(argument)
            .output()
            .unwrap()
    };
    let refused = rename("https://github.com/somebody/fork");
    assert!(
        !refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("expected OWNER/NAME")
    );
    let renamed = rename("somebody/fork");
    assert!(
        renamed.status.success(),
        "{}",
        String::from_utf8_lossy(&renamed.stderr)
    );
    let left: BTreeSet<String> = ours(named(&clone, name));
    assert_eq!(left, BTreeSet::new());
    assert!(named(&clone, "fork").contains("somebody/fork"));
    let owners = std::fs::read_to_string(clone.join(".github/CODEOWNERS")).unwrap();
    assert!(
        owners.contains("@somebody") && !owners.contains(owner),
        "{owners}"
    );
}
