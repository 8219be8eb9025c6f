//! The storm: what crowds, failing dependencies and hostile clients do to the filters in a real Envoy, row by row. The rows are
//! data; `make storm` runs all of them and writes `docs/reliability.md`, the Envoy tier of the tests runs a few.

mod access_log;
mod build;
mod changes;
mod content;
mod crowds;
mod dependency;
mod encrypted;
mod failures;
mod grpc;
mod hostile;
mod hostile_words;
mod phase;
mod report;
mod requests;
mod setting;
mod soak;
mod state;
mod streams;
mod unread;

pub use access_log::{Logged, logged};
pub use build::Build;
pub use changes::{clock_jumps, hot_restart, updates};
pub use crowds::{CROWDS, Crowd, crowd};
pub use dependency::{Dependency, Serving};
pub use encrypted::{Way, encrypted};
pub use failures::failures;
pub use hostile::hostile;
pub use hostile_words::RESPONSE_FIELDS;
pub use phase::Phase;
pub use report::{Row, section, table};
pub use soak::soak;
pub use state::State;
pub use unread::unread;

/// How much later than its documented bound a request may be answered.
pub const GRACE: std::time::Duration = std::time::Duration::from_millis(100);
