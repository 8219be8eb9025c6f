//! What a look-up costs, and what opening costs: `cargo bench -p geo-table -- FILE...` (compact tables, MMDBs).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures time and prints it"
)]

use geo_database::{Database, Fields};
use std::{hint::black_box, net::IpAddr, time::Instant};

const LOOK_UPS: u32 = 2_000_000;

fn main() {
    for file in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        let bytes = std::fs::read(&file).unwrap();
        let size = bytes.len();
        let begun = Instant::now();
        let database = Database::open(bytes.into()).unwrap();
        let opened = begun.elapsed();
        let fields = Fields::default();
        let mut known = 0;
        let mut state = 1u64;
        let begun = Instant::now();
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
        let each = begun.elapsed() / LOOK_UPS;
        println!(
            "{file}: {size} bytes, opened in {opened:?}, {each:?} a look-up, {known} of {LOOK_UPS} known"
        );
    }
}
