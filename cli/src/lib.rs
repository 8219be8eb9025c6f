#![doc = include_str!("../README.md")]

mod arguments;
mod carriers_schema;
pub mod cases;
pub mod check;
pub mod command;
pub mod document;
mod envoy_program;
pub mod explain;
mod filter_kind;
pub mod find;
mod fit;
pub mod jwt;
pub mod messages;
pub mod recipes;
pub mod report;
pub mod style;

pub use arguments::{Arguments, Color, Command};
pub use carriers_schema::{CARRIERS, carriers_schema};
pub use filter_kind::FilterKind;
