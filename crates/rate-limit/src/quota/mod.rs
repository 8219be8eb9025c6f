//! Quotas and how they are counted: one bucket, a set of buckets in shared data, and charges to several of them.

pub mod gcra;
pub(crate) mod ledger;
pub mod set;
