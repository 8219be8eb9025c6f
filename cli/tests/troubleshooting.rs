//! Every slug that a reply may have is a section of `docs/troubleshooting.md`, and every section of that kind is of such a slug.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_filters::FilterKind;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_slug_has_a_section() {
    let page = fs::read_to_string(root().join("docs/troubleshooting.md")).unwrap();
    let sections: BTreeSet<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .map(str::to_owned)
        .collect();
    let mut slugs = of_readmes();
    assert!(slugs.len() >= 35, "{slugs:?}");
    for folder in [
        "http-filter",
        "http-filter-proxy-wasm",
        "http-filter-dynamic-module",
    ] {
        of_code(&root().join("crates").join(folder).join("src"), &mut slugs);
    }
    assert_eq!(sections, slugs);
    for section in page.split("\n### `").skip(1) {
        let (slug, text) = section.split_once('`').unwrap();
        assert!(text.trim().len() > 30, "{slug}: nothing is said");
    }
}

/// The slugs in the tables of replies: of each row the words in the column that is headed so.
fn of_readmes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for kind in FilterKind::SINGLE {
        let file = root().join("crates").join(kind.name()).join("README.md");
        let readme = fs::read_to_string(file).unwrap();
        let Some((_, replies)) = readme.split_once("\n## Replies") else {
            panic!("{}: no replies", kind.name())
        };
        let replies = replies.split("\n## ").next().unwrap();
        let mut column = None;
        for line in replies.lines().filter(|line| line.starts_with('|')) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let is_slug = |cell: &&str| cell.starts_with("slug") || matches!(*cell, "details" | "type");
            column = column.or_else(|| cells.iter().position(is_slug));
            let cell = column
                .and_then(|column| cells.get(column))
                .copied()
                .unwrap_or_default();
            found.extend(codes(cell).map(|word| word.rsplit(':').next().unwrap().to_owned()));
        }
    }
    found
}

fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The slugs that code outside of the filters makes problems and replies of: literals, and constants of the same file's crate.
fn of_code(folder: &Path, found: &mut BTreeSet<String>) {
    let mut text = String::new();
    read_all(folder, &mut text);
    for problem in text.split("Problem::new(").skip(1) {
        let slug = problem.split(',').nth(1).unwrap().trim();
        let slug = match slug.strip_prefix('"') {
            Some(rest) => rest.trim_end_matches('"'),
            None => {
                let constant = text.split(&format!("const {slug}: &str = \"")).nth(1);
                constant
                    .and_then(|rest| rest.split('"').next())
                    .unwrap_or_default()
            }
        };
        found.extend(Some(slug).filter(|slug| !slug.is_empty()).map(str::to_owned));
    }
    // Those of a waiting list are chosen first.
    for chosen in text.split("Self::Too").skip(1) {
        let slug = chosen
            .split_once("=> (\"")
            .map(|(_, rest)| rest.split('"').next().unwrap());
        found.extend(slug.filter(|slug| slug.contains('_')).map(str::to_owned));
    }
}

/// The code of a folder, without documentation and tests.
fn read_all(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, text);
        } else {
            let file = fs::read_to_string(&path).unwrap();
            let code = file.split("#[cfg(test)]").next().unwrap().lines();
            code.filter(|line| !line.trim_start().starts_with("//"))
                .for_each(|line| text.extend([line, "\n"]));
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
