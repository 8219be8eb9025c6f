//! The messages that carry configurations, Envoy's and Kubernetes', and what they may hold: whoever reads them refuses a
//! name, a type or a value that isn't theirs, and so does `check`.

mod placed;
mod protobuf_any;
mod required;
mod scalar;
mod table;
mod walk;

pub use table::Table;
pub use walk::{Completeness, check};
