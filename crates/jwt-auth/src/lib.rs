#![doc = include_str!("../README.md")]

mod algorithm;
mod attempt;
mod authentication;
mod cache;
mod challenge;
mod claim_rule;
mod client_budgets;
mod compile;
mod config;
mod curve;
mod deny;
mod der;
pub mod document;
mod explanation;
mod fetch_source;
mod filter;
mod forms;
mod issuer;
mod json;
mod jws;
mod key;
mod key_set;
mod key_set_text;
mod mistake;
mod nonce;
mod output;
mod passage;
mod pem;
mod possession;
mod provider;
mod refusal;
mod remote;
mod replay;
mod requirement;
mod rule_document;
mod scan;
mod search;
mod source;
mod token;
mod unknown;

#[cfg(test)]
mod vector_tests;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use config::JwtAuth;
pub use filter::Bearer;
pub use jws::{Compact, Header};
pub use jwt_crypto::PROVIDER;
pub use key::{Key, KeyProblem};
pub use key_set::KeySet;
pub use refusal::Refusal;
