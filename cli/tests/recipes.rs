//! The recipes do what they say: `check --strict` has nothing to say of them, and each of their cases holds.
//! `integration/tests/recipes.rs` has Envoy read them.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_filters::{
    cases,
    check::{Presence, check},
    find::Source,
    recipes::ALL,
};
use std::{collections::BTreeSet, fs, path::PathBuf};

#[test]
fn every_file_is_a_recipes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../recipes");
    let there: BTreeSet<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let known: BTreeSet<_> = ALL
        .iter()
        .flat_map(|recipe| recipe.files().map(|(name, _)| name))
        .collect();
    assert_eq!(there, known);
}

#[test]
fn each_says_what_it_is_for_and_what_to_change() {
    for recipe in ALL {
        let head: Vec<_> = recipe
            .policy
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        let has = |beginning: &str| head.iter().any(|line| line.starts_with(beginning));
        assert!(recipe.policy.starts_with("# Goal:  "), "{}", recipe.name);
        assert!(
            has("# Change: ") && has("# Run:   ") && has("# Test:  "),
            "{}",
            recipe.name
        );
        let files = recipe.files().map(|(name, _)| name);
        assert!(
            files
                .iter()
                .all(|file| head.iter().any(|line| line.contains(file.as_str()))),
            "{}: its own files are other ones",
            recipe.name
        );
    }
}

#[test]
fn check_has_nothing_to_say() {
    for recipe in ALL {
        let [(name, text), _] = recipe.files();
        let source = Source {
            name,
            text: text.to_owned(),
        };
        let report = check(&[source], None, &|_, _| Presence::There);
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|finding| format!("{}:{}: {}", finding.file, finding.at.line, finding.sentence()))
            .collect();
        assert_eq!(found, Vec::<String>::new());
        assert!(report.filters() > 0, "{}", recipe.name);
    }
}

#[test]
fn every_case_holds() {
    let folder = tempfile::tempdir().unwrap();
    for recipe in ALL {
        for (name, text) in recipe.files() {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let file = folder.path().join(format!("{}.cases.yaml", recipe.name));
        let file = cases::read_file(&file.to_string_lossy(), None).unwrap();
        let outcomes = cases::run(&file, "");
        assert!(outcomes.len() >= 4, "{}: {} cases", recipe.name, outcomes.len());
        let mut text = Vec::new();
        cases::write(&mut text, cases::Form::Text, &outcomes).unwrap();
        assert!(
            outcomes.iter().all(cases::Outcome::is_good),
            "{}:\n{}",
            recipe.name,
            String::from_utf8_lossy(&text)
        );
    }
}
