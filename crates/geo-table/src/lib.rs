#![doc = include_str!("../README.md")]

mod build;
mod compare;
mod error;
mod mmdb;
mod source;
mod text;

pub use build::{Order, build_table};
pub use compare::{Comparison, compare};
pub use error::Error;
pub use source::Source;
