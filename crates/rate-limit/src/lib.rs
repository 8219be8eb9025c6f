#![doc = include_str!("../README.md")]

mod account;
mod config;
mod cost;
mod demands;
mod document;
mod explanation;
mod fields;
mod filter;
pub mod gcra;
mod global;
mod key;
mod ledger;
mod policy;
mod reply;
mod rule;
pub mod service;
pub mod set;
mod table;

pub use config::RateLimit;
pub use document::Document;
pub use filter::Limiter;
