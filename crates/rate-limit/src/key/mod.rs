//! What sets one client apart from another.

mod claim;
mod client_ip;
mod document;
mod facts;
mod part;

pub(crate) use client_ip::{ClientIp, networks};
pub(crate) use document::compile_all;
pub use document::{GeoField, NetworkDocument, PartDocument, PartFields, Word};
pub(crate) use facts::Facts;
pub(crate) use part::{Part, Value};
