#![doc = include_str!("../README.md")]

mod body;
mod cause;
mod document;
mod fetched;
mod fetcher;
mod freshness;
mod publication;
mod record;
mod schedule;
mod source;
mod tick;
mod uri;

pub use body::Body;
pub use document::{Arrival, Document, Rejection};
pub use fetched::{Fetched, Lookup};
pub use fetcher::Counters;
pub use source::Source;
pub use tick::{Fetch, Step, progress, respond, tick};
pub use uri::{HttpUri, UriProblem};

/// Whole milliseconds.
pub fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
