//! A short selection of the storm: every dependency in every state, and a tenth of each crowd. `make storm` does all of it.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use integration::storm::{Build, CROWDS, Phase, Row, crowd, failures, table};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

#[track_caller]
fn assert_hold(rows: &[Row]) {
    assert!(rows.iter().all(|row| row.holds), "\n{}", table(rows));
}

/// They measure what others take, so they come one after another.
static ALONE: Mutex<()> = Mutex::new(());

/// What a busy machine may add to a bound.
const SLACK: Duration = Duration::from_secs(2);

#[test]
fn dependencies_that_fail_at_start() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (rows, _) = failures(Build::chosen(), 2, Phase::AtStart, SLACK);
    assert_hold(&rows);
}

#[test]
fn dependencies_that_fail_in_service() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (rows, _) = failures(Build::chosen(), 2, Phase::InService, SLACK);
    assert_hold(&rows);
}

#[test]
fn crowds_disturb_nobody() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let rows: Vec<Row> = CROWDS
        .iter()
        .map(|some| crowd(some, some.size / 10, Build::chosen(), 2, SLACK))
        .collect();
    assert_hold(&rows);
}
