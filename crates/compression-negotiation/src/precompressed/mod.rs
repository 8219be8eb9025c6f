//! Files that lie encoded beside the plain one: `/app.js.br` beside `/app.js`.
//!
//! A filter can't ask again once an upstream has answered, so it asks before: a HEAD says whether the file is there, and
//! what was found is remembered.

pub(crate) mod known;
pub(crate) mod search;

pub(crate) use crate::precompressed::{
    known::Known,
    search::{Search, Step, Variant},
};
