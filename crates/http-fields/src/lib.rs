#![doc = include_str!("../README.md")]

mod address;
pub mod cookies;
pub mod hex;
pub mod http_date;
pub mod list;
mod media_range;
mod number;
pub mod percent;
mod quality;
pub mod query;
mod status_pattern;
mod token;

pub use address::parse_address;
pub use media_range::{MediaRange, media_type};
pub use number::{content_length, decimal};
pub use quality::QValue;
pub use status_pattern::StatusPattern;
pub use token::is_token;
