#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a library for tests: what is wrong must fail them"
)]

pub mod caches;
mod counters;
mod examples;
mod folder;
pub mod jose;
mod native;
pub mod page;
pub mod upstream;
mod vectors;

pub use counters::assert_counters;
pub use examples::yaml_examples;
pub use folder::load;
pub use http_filter_replay::{Case, Observed, SimulatedHost as FakeHost, Tier, case, differences, lines};
pub use native::{run_case, run_cases};
pub use vectors::{shared, skip, vectors};
