//! The oracle of storable and fresh, and the conditions, against http-tests/cache-tests: a cache that decides by this
//! library alone plays every test that asks what a cache does with what it has stored. Where its answer is another one
//! than the suite's, or where a test asks something else, the reason stands in `deviations.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
#![allow(clippy::print_stdout, reason = "the table is what the test shows")]

mod deviations;
mod oracle;

use deviations::{DEVIATIONS, LEFT_OUT};
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn storable_and_fresh_as_the_suite_has_it() {
    let Some(folder) = http_filter_test::vectors("cache-tests") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("cache-tests.json")).unwrap();
    let suites: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut known: BTreeMap<&str, &str> = DEVIATIONS.iter().copied().collect();
    let mut left_out: BTreeMap<&str, &str> = LEFT_OUT.iter().copied().collect();
    let (mut tests, mut unexpected) = (0, Vec::new());
    println!(
        "{:20} {:>5} {:>5} {:>9} {:>8}",
        "suite", "tests", "same", "deviating", "left out"
    );
    for suite in &suites {
        let (name, of_suite) = (suite["id"].as_str().unwrap(), suite["tests"].as_array().unwrap());
        tests += of_suite.len();
        if left_out.remove(name).is_some() {
            println!(
                "{name:20} {:5} {:5} {:9} {:8}",
                of_suite.len(),
                0,
                0,
                of_suite.len()
            );
            continue;
        }
        let (mut same, mut deviating, mut out) = (0, 0, 0);
        for test in of_suite {
            let id = test["id"].as_str().unwrap();
            if left_out.remove(id).is_some() {
                out += 1;
                continue;
            }
            match oracle::play(test) {
                Some((expected, found)) if expected == found => same += 1,
                Some((expected, found)) => {
                    deviating += 1;
                    // Nothing excuses a required one.
                    if known.remove(id).is_none() || test["kind"].is_null() {
                        unexpected.push(format!("{id}: expected {expected}, found {found}"));
                    }
                }
                None => unexpected.push(format!("{id}: asks nothing")),
            }
        }
        println!("{name:20} {:5} {same:5} {deviating:9} {out:8}", of_suite.len());
    }
    assert!(tests >= 370, "only {tests} tests");
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert!(known.is_empty(), "no deviations any more: {known:?}");
    assert!(left_out.is_empty(), "no such tests: {left_out:?}");
}
