//! What becomes of requests, and what is kept of them for their responses.

pub(crate) mod edits;
pub(crate) mod facts;
pub(crate) mod languages;
