#![doc = include_str!("../README.md")]

mod arguments;
pub mod cases;
pub mod check;
pub mod command;
pub mod document;
pub mod explain;
mod filter_kind;
pub mod find;
pub mod jwt;
pub mod report;
pub mod style;

pub use arguments::{Arguments, Color, Command};
pub use filter_kind::FilterKind;
