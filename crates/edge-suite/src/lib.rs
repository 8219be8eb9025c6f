#![doc = include_str!("../README.md")]

mod exchange;
mod member;
mod member_host;
mod reply;
mod response;
mod section;
mod suite;

pub use exchange::Exchange;
pub use section::Section;
pub use suite::{EdgeSuite, Sections};
