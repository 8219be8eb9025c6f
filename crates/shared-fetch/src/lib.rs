#![doc = include_str!("../README.md")]

mod body;
mod cause;
mod document;
mod fetched;
mod fetcher;
mod freshness;
mod millis;
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
pub use millis::millis;
pub use source::Source;
pub use tick::{Fetch, Step, progress, respond, tick};
pub use uri::{HttpUri, UriProblem};
