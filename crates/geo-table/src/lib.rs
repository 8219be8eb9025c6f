#![doc = include_str!("../README.md")]

mod addresses;
mod build;
mod compare;
mod error;
mod mmdb;
mod source;
mod spread;
mod text;
mod verdict;

pub use addresses::Addresses;
pub use build::{Order, build_table};
pub use compare::{Comparison, compare};
pub use error::Error;
pub use source::Source;
pub use verdict::Verdict;
