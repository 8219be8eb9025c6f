//! What is found out about a request, and what the upstream gets.

pub(crate) mod attempt;
pub(crate) mod authentication;
pub(crate) mod changes;
pub(crate) mod client_budgets;
pub(crate) mod search;
