#![doc = include_str!("../README.md")]

mod build;
mod compare;
mod error;
mod mmdb;
mod sample;
mod source;
mod spread;
mod text;
mod verdict;

pub use build::{Order, build_table};
pub use compare::{Comparison, compare};
pub use error::Error;
pub use sample::Sample;
pub use source::Source;
pub use verdict::Verdict;
