//! Every promise of the READMEs' sections on failures has a test that holds it: `promises.yaml` says which.
#![allow(clippy::unwrap_used, reason = "tests")]

use integration::module::workspace;
use std::{collections::BTreeMap, fs};

/// README, section, how a promise begins, tests.
type Held = BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<String>>>>;

/// Every section that promises something for when things fail has one of these in its title.
const SECTIONS: [&str; 4] = [
    "Failure modes",
    "What is promised",
    "hings fail",
    "What is the same",
];

fn held() -> Held {
    let path = workspace().join("integration/tests/promises.yaml");
    serde_yaml_ng::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The promises of a section: the first cells of its tables, its list items, its paragraphs; without marks of emphasis and
/// code. A paragraph that leads to a table promises nothing itself.
fn promises(section: &str) -> Vec<String> {
    let mut promises = Vec::new();
    for block in section
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
    {
        if block.starts_with('|') {
            let first = |line: &str| line.split('|').nth(1).unwrap_or_default().trim().to_owned();
            promises.extend(block.lines().skip(2).map(first));
        } else if block.starts_with("- ") {
            let items = format!("\n{block}");
            promises.extend(items.split("\n- ").skip(1).map(str::to_owned));
        } else if !block.ends_with(':') {
            promises.push(block.to_owned());
        }
    }
    let plain = |promise: String| promise.replace(['*', '`'], "").replace('\n', " ");
    promises.into_iter().map(plain).collect()
}

/// Title and text of the sections that promise something.
fn sections(readme: &str) -> Vec<(String, String)> {
    let sections = readme.split("\n## ").skip(1);
    sections
        .filter_map(|section| section.split_once('\n'))
        .filter(|(title, _)| SECTIONS.iter().any(|known| title.contains(known)))
        .map(|(title, text)| (title.to_owned(), text.to_owned()))
        .collect()
}

#[test]
fn each_has_a_test() {
    let held = held();
    let mut seen = 0;
    for entry in fs::read_dir(workspace().join("crates")).unwrap() {
        let path = entry.unwrap().path().join("README.md");
        let Ok(readme) = fs::read_to_string(&path) else {
            continue;
        };
        let name = path.strip_prefix(workspace()).unwrap().display().to_string();
        for (title, text) in sections(&readme) {
            let known = held.get(&name).and_then(|sections| sections.get(&title));
            let known = known.unwrap_or_else(|| panic!("promises.yaml has no section {title:?} of {name}"));
            let promises = promises(&text);
            for promise in &promises {
                let holding = known.keys().filter(|begin| promise.starts_with(*begin)).count();
                assert_eq!(holding, 1, "{name}: {title}: {promise}");
            }
            for begin in known.keys() {
                let is_made = promises.iter().any(|promise| promise.starts_with(begin));
                assert!(is_made, "{name}: {title}: nobody promises {begin:?} any more");
            }
            seen += promises.len();
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn each_test_is_there() {
    for (name, sections) in held() {
        for (begin, tests) in sections.into_values().flatten() {
            assert!(!tests.is_empty(), "{name}: {begin}");
            for test in tests {
                let (file, what) = test.split_once("::").unwrap();
                let text = fs::read_to_string(workspace().join(file))
                    .unwrap_or_else(|error| panic!("{file}: {error}"));
                let is_there = if file.ends_with(".rs") {
                    text.contains(&format!("fn {what}("))
                } else {
                    text.contains(what)
                };
                assert!(is_there, "{name}: {begin}: {test}");
            }
        }
    }
}
