#![doc = include_str!("../README.md")]

mod address;
mod claim_path;
pub mod cookies;
pub mod forwarding;
pub mod hex;
mod host;
pub mod http_date;
pub mod list;
mod media_range;
mod name;
mod number;
pub mod path;
pub mod percent;
mod quality;
pub mod query;
mod readings;
mod status_pattern;
mod token;

pub use address::{ipv4_inside, parse_address};
pub use claim_path::ClaimPath;
pub use host::host;
pub use media_range::{MediaRange, media_type};
pub use name::are_aliases;
pub use number::{content_length, decimal};
pub use quality::QValue;
pub use readings::Readings;
pub use status_pattern::StatusPattern;
pub use token::is_token;
