#![doc = include_str!("../README.md")]

mod algorithm;
mod crypto;
mod der;
mod json;
mod jws;
mod key;
mod key_set;
mod pem;
mod refusal;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use crypto::PROVIDER;
pub use refusal::Refusal;
