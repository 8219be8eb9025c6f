#![doc = include_str!("../README.md")]

mod address;
mod address_list;
mod asking;
mod block;
mod changes;
mod condition;
mod database;
mod document;
mod expectation;
mod explanation;
mod fact;
mod feed;
mod field;
mod filter;
mod geo_routing;
mod guard;
mod locate;
mod needs;
mod network;
mod outcome;
mod path;
mod preset;
mod redirect;
mod region;
mod rule;
mod source;
mod tester;
mod trust;

pub use document::Document;
pub use filter::GeoFilter;
pub use geo_routing::GeoRouting;
pub use preset::country_header;
