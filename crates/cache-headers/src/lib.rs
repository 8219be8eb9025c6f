#![doc = include_str!("../README.md")]

mod answer;
mod cache_status;
mod cap;
mod closing;
pub mod conditional;
mod config;
mod deception;
pub mod document;
mod expires;
mod explanation;
mod filter;
mod freshness;
mod guards;
mod languages;
pub mod no_vary_search;
mod origin;
mod policy;
pub mod policy_document;
mod preset;
mod request_facts;
pub mod request_rule;
mod rule;
mod statement;
mod tags;
mod target;
mod template;
mod validation;
pub mod validators;

pub use cache_status::{CacheStatus, Forward};
pub use conditional::Condition;
pub use config::CacheHeaders;
pub use document::Document;
pub use filter::CacheFilter;
pub use freshness::{Cache, Freshness};
pub use preset::Preset;
pub use template::Template;
