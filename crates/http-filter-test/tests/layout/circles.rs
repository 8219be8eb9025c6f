//! Circles of files: each of them imports from the next, and the last from the first.

use crate::imports::Imports;
use std::collections::BTreeSet;

/// The circles of a crate: every file stands in one at most, with all from which it can be reached and that it reaches.
pub fn circles(imports: &Imports) -> Vec<BTreeSet<&str>> {
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for file in imports.keys() {
        if circles.iter().any(|circle| circle.contains(file.as_str())) {
            continue;
        }
        let circle: BTreeSet<&str> = reached(imports, file)
            .into_iter()
            .filter(|other| reached(imports, other).contains(file.as_str()))
            .collect();
        if !circle.is_empty() {
            circles.push(circle);
        }
    }
    circles
}

/// Everything that a file imports, directly or through others; itself only where it stands in a circle.
fn reached<'a>(imports: &'a Imports, file: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut left: Vec<&str> = vec![file];
    while let Some(next) = left.pop() {
        for import in imports.get(next).into_iter().flatten() {
            if reached.insert(import.as_str()) {
                left.push(import);
            }
        }
    }
    reached
}
