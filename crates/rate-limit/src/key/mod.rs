//! What sets one client apart from another.

pub(crate) mod client_ip;
pub(crate) mod document;
pub(crate) mod facts;
pub(crate) mod geo_field;
pub(crate) mod part;

pub(crate) use crate::key::{
    client_ip::{ClientIp, Network},
    document::Parts,
    facts::Facts,
    part::{Part, Value},
};
