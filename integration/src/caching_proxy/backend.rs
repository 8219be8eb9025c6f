use std::net::SocketAddr;

/// The origin that requests for a host go to.
pub(super) type Backend<'a> = (&'a str, SocketAddr);
