//! The storm, whole: `make storm`. It prints each row as it's there, and writes them into `docs/reliability.md`.
//!
//!   storm FILE
//!
//! `STORM_SOAK=20m` soaks for so long instead, `STORM_UPDATES=200` changes configurations so often. `STORM_BUILDS` lists builds (five,codings,suite,native,native-suite),
//! `STORM_WORKERS` numbers of workers (1,4), `STORM_PERCENT` is how much of each crowd comes (100).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for tests, on the real clock"
)]

use integration::storm::{
    Build, CROWDS, Phase, Row, Way, clock_jumps, crowd, encrypted, failures, hostile, hot_restart, section,
    soak, table, unread, updates,
};
use std::{process::ExitCode, time::Duration};

fn main() -> ExitCode {
    let file = std::env::args().nth(1).unwrap();
    let variable = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let builds = variable("STORM_BUILDS", "five,codings,suite,native,native-suite");
    let builds: Vec<Build> = builds
        .split(',')
        .map(|name| Build::named(name).unwrap())
        .collect();
    let workers: Vec<usize> = variable("STORM_WORKERS", "1,4")
        .split(',')
        .map(|some| some.parse().unwrap())
        .collect();
    let percent: usize = variable("STORM_PERCENT", "100").parse().unwrap();
    let [major, minor] = edge_demo::envoy::version().unwrap();
    let write = |name: &str, text: &str| {
        let document = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, section(&document, name, &format!("\n{text}\n"))).unwrap();
    };
    let rows = if let Ok(lasting) = std::env::var("STORM_SOAK") {
        let minutes: u64 = lasting.trim_end_matches('m').parse().unwrap();
        let rows = soak(&builds, 2, Duration::from_secs(minutes * 60));
        write("soak", &table(&rows));
        rows
    } else if let Ok(count) = std::env::var("STORM_UPDATES") {
        let count = count.parse().unwrap();
        let rows: Vec<Row> = builds.iter().map(|build| updates(*build, 2, count)).collect();
        write("updates", &table(&rows));
        rows
    } else {
        let name = format!("storm on Envoy {major}.{minor}");
        storm(&builds, &workers, percent, &|rows, lines| {
            write(&name, &[&table(rows), lines].concat())
        })
    };
    println!("{}", table(&rows));
    if rows.iter().all(|row| row.holds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Everything, in the first build with the first number of workers; in each other build, and with each other number of workers, against
/// that.
fn storm(builds: &[Build], workers: &[usize], percent: usize, write: &dyn Fn(&[Row], &str)) -> Vec<Row> {
    let first = (
        builds.first().copied().unwrap(),
        workers.first().copied().unwrap(),
    );
    let with_workers = workers.iter().skip(1).map(|some| (first.0, *some));
    let in_builds = builds.iter().skip(1).map(|build| (*build, first.1));
    let others: Vec<_> = with_workers.chain(in_builds).collect();
    let (mut rows, mut lines) = (Vec::new(), HEAD.to_owned());
    for (build, workers) in std::iter::once(first).chain(others) {
        let is_first = (build, workers) == first;
        let mut add = |row: Row| {
            let verdict = if row.holds { "holds" } else { "BROKEN" };
            println!("{verdict}: {}: {}", row.test, row.figure);
            rows.push(row);
        };
        for phase in Phase::ALL {
            let (some, seen) = failures(build, workers, phase, Duration::ZERO);
            some.into_iter().for_each(&mut add);
            if is_first {
                lines += &seen;
            }
        }
        for some in &CROWDS {
            let size = some.size * percent / 100;
            add(crowd(some, size, build, workers, Duration::ZERO));
        }
        add(hostile(build, workers, 50 * percent, SEED));
        add(updates(build, workers, percent.div_ceil(2)));
        add(unread(build, workers, 2 * percent));
        add(hot_restart(build, workers));
        clock_jumps(build, workers).map(&mut add);
        for way in [Way::MutualTls, Way::Http3] {
            encrypted(way, build, workers, 200).map(&mut add);
        }
        // What there is, should the rest be too long to wait for.
        write(&rows, &lines);
    }
    rows
}

/// Of the generator of hostile messages.
const SEED: u64 = 16;
const HEAD: &str = "
What requests got that needed a dependency in a state, and how long the slowest of them took, in the first build.

| when | state | keys (1,000 ms) | deny list (1,000 ms) | database (0 ms) | rate limit service (100 ms) | upstream (1,000 ms) |
|---|---|---|---|---|---|---|
";
