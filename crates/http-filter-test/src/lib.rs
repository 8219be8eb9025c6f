#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a library for tests: what is wrong must fail them"
)]

pub mod case;
mod examples;
mod fake_host;
mod native;
mod observed;
mod vectors;

pub use case::{Case, Tier, load};
pub use examples::yaml_examples;
pub use fake_host::FakeHost;
pub use native::{run_case, run_cases};
pub use observed::{Observed, differences, lines};
pub use vectors::{shared, skip, vectors};
