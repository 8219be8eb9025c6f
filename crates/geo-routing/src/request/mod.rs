//! What is found out about a request, what is decided, and what the upstream gets.

pub(crate) mod address_list;
pub(crate) mod changes;
pub(crate) mod collected;
pub(crate) mod decision;
pub(crate) mod facts;
pub(crate) mod location;
pub(crate) mod outcome;
pub(crate) mod reserved;
