//! Tokens, looked at and made.

mod inspect;
mod key;
mod mint;

pub use inspect::{Inspected, inspect, verdict};
pub use key::{Kind, PrivateKey};
pub use mint::mint;
