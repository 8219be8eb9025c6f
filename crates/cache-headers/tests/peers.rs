//! The README's table of peers' mistakes: each has a case that is played, and each case of them is in the table.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeSet, path::Path};

const README: &str = include_str!("../README.md");

#[test]
fn each_mistake_of_a_peer_has_its_case() {
    let section = README.split("### Peers' mistakes").nth(1).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let listed: BTreeSet<&str> = rows
        .map(|row| row.trim_end_matches(" |").rsplit(" | ").next().unwrap())
        .collect();
    let cases = http_filter_test::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    let played: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let missing: Vec<_> = listed.difference(&played).collect();
    assert!(missing.is_empty(), "no case of this name: {missing:#?}");
    let unlisted: Vec<_> = played
        .iter()
        .filter(|name| name.starts_with("peer: ") && !listed.contains(*name))
        .collect();
    assert!(unlisted.is_empty(), "not in the README: {unlisted:#?}");
    assert!(listed.len() > 20, "{listed:?}");
}
