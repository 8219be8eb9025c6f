//! What sets one client apart from another.

mod client_ip;
mod document;
mod facts;
mod part;

pub(crate) use client_ip::{ClientIp, Network};
pub(crate) use document::Parts;
pub(crate) use facts::Facts;
pub(crate) use part::{Part, Value};
