//! Tokens: as they come, and as they are known once they are verified.

pub(crate) mod cache;
pub(crate) mod issuer;
pub(crate) mod jws;
pub(crate) mod verified;
