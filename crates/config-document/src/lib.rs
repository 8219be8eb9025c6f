#![doc = include_str!("../README.md")]

pub mod config;
pub mod document;
pub mod error_path;
mod one_or_many;
pub mod protobuf;
mod protobuf_struct;
mod quantity;
mod span_within;

pub use config::ConfigError;
pub use one_or_many::OneOrMany;
pub use quantity::{ByteSize, InvalidQuantity, Span};
pub use span_within::SpanWithin;
