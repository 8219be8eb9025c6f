#![doc = include_str!("../README.md")]

mod aggregate;
mod asset;
mod budget;
mod digit;
mod geo;
mod input;
mod keep;
mod limits;
#[cfg(feature = "misbehave")]
mod misbehave;
mod place;
mod problem;
mod request;
mod response;
mod route;
mod sample;
mod store;
mod thumbnail;
mod transform;
mod validate;

pub use input::json;
pub use limits::MAX_BODY;
pub use place::Place;
pub use problem::Problem;
pub use request::Request;
pub use response::{Body, Response};
pub use route::{handle, handle_with};
pub use store::{MAX_VALUES, MemoryStore, Store, StoreError};
