//! Keys: what they are, where they come from, and how they verify.

pub(crate) mod algorithm;
pub(crate) mod curve;
pub(crate) mod der;
pub(crate) mod key;
pub(crate) mod key_problem;
pub(crate) mod key_set;
pub(crate) mod key_set_text;
pub(crate) mod missing;
pub(crate) mod pem;
pub(crate) mod remote;
