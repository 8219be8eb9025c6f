//! Configuration documents: each struct's fields are declared once, with [`document!`](crate::document!), and from
//! that come the reader and, under the feature `schema`, the description.
//!
//! A derived deserialiser is several kilobytes of module for every document. Here a struct brings a table of names and
//! a jump into its fields, and functions that aren't generic do the rest.
//!
//! ```
//! use config_document::{OneOrMany, Span, document};
//!
//! document! {
//!     /// Where to fetch something.
//!     pub struct Fetch {
//!         /// The cluster.
//!         pub cluster ("cluster", required "a cluster's name"): String,
//!         /// How long to wait.
//!         pub timeout ("timeout"): Span = Span::seconds(5),
//!         /// What may come.
//!         pub types ("types"): OneOrMany<String>,
//!     }
//! }
//!
//! let fetch: Fetch = document::read(&serde_json::json!({"cluster": "idp", "types": "text/html"})).unwrap();
//! assert_eq!(fetch.timeout, Span::seconds(5));
//! let error = document::read::<Fetch>(&serde_json::json!({"clusters": "idp"})).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "clusters: found an unknown field, expected one of cluster, timeout, types (did you mean cluster?)"
//! );
//! ```

use crate::ConfigError;
use serde_json::Value;
use std::cell::OnceCell;

mod choice;
mod declare;
mod list;
mod members;
mod nearest;
mod node;
mod pairs;
mod scalar;
#[cfg(feature = "schema")]
mod schema;
mod short;

pub use choice::{Choice, First};
pub use members::{Fill, Shape};
pub use nearest::nearest;
pub use node::{Node, Refused};
pub use pairs::Pairs;
pub use scalar::{Nested, Text, Within};
#[cfg(feature = "schema")]
pub use schema::{Describe, Property, Schemas, schema_id, schema_of, words};
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use serde_json::Value as Json;
pub use short::{Brief, Shorthand};

/// Something that can be read out of a document.
pub trait Read: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// [`Refused`], when the mistake is noted at the node.
    fn read(node: &Node<'_>) -> Result<Self, Refused>;
}

/// Reads a document, or a part of one. The first mistake counts.
///
/// # Errors
/// [`ConfigError`] with the path of the field, what was found and what was expected.
pub fn read<T: Read>(value: &Value) -> Result<T, ConfigError> {
    let mistake = OnceCell::new();
    T::read(&Node::root(value, &mistake)).map_err(|Refused { .. }| {
        let none = || ConfigError::new("", "a mistake", "none");
        mistake.into_inner().unwrap_or_else(none)
    })
}

/// Reads into `slot`: what [`document!`](crate::document!) makes every field of.
///
/// # Errors
/// [`Refused`], when the mistake is noted at the node; the slot is as it was.
#[doc(hidden)]
pub fn fill<T: Read>(slot: &mut T, node: &Node<'_>) -> Result<(), Refused> {
    *slot = T::read(node)?;
    Ok(())
}

#[cfg(test)]
mod tests;
