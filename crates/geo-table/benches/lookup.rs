//! What a look-up costs, and what opening costs: `cargo bench -p geo-table -- FILE...` (compact tables, MMDBs).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures time and prints it"
)]

use geo_database::{Bytes, Database, Error, Fields};
use std::{
    hint::black_box,
    net::IpAddr,
    time::{Duration, Instant},
};

/// What is shown is the best of so many rounds: other programs only ever make one slower.
const ROUNDS: u32 = 10;
const LOOK_UPS: u32 = 200_000;

fn main() {
    for file in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        let bytes = std::fs::read(&file).unwrap();
        let size = bytes.len();
        let bytes = Bytes::from(bytes);
        let best = |open: &dyn Fn(Bytes) -> Result<Database, Error>| {
            let rounds = (0..ROUNDS).map(|_| timed(|| open(bytes.clone()).unwrap()).1);
            rounds.min().unwrap()
        };
        let (opened, reopened) = (best(&Database::open), best(&Database::reopen));
        let database = Database::reopen(bytes.clone()).unwrap();
        let mut known = 0;
        let looked_up = (0..ROUNDS)
            .map(|round| {
                let (found, elapsed) = timed(|| look_up(&database, round));
                known += found;
                elapsed / LOOK_UPS
            })
            .min()
            .unwrap();
        println!(
            "{file}: {size} bytes, opened in {opened:?}, again in {reopened:?}, {looked_up:?} a look-up, {known} of {} known",
            ROUNDS * LOOK_UPS
        );
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

/// Looks up addresses of a sequence, every fourth of IPv6; how many of them are known.
fn look_up(database: &Database, round: u32) -> u32 {
    let fields = Fields::default();
    let (mut known, mut state) = (0, u64::from(round) + 1);
    for index in 0..LOOK_UPS {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let address = if index % 4 == 0 {
            IpAddr::V6(((0x2 << 124) | (u128::from(state) << 61)).into())
        } else {
            IpAddr::V4(((state >> 32) as u32).into())
        };
        known += u32::from(black_box(database.country(black_box(address), &fields)).is_some());
    }
    known
}
