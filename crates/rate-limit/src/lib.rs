#![doc = include_str!("../README.md")]

mod config;
mod cost;
mod document;
mod fields;
mod filter;
pub mod gcra;
mod global;
mod key;
mod ledger;
mod policy;
mod reply;
pub mod service;
pub mod set;

pub use config::RateLimit;
pub use document::{
    ClientIpDocument, CostDocument, CostFields, Document, ExemptClients, ExemptDocument, GlobalDocument,
    HeadersDocument, Missing, OnFailure, PolicyDocument, QuotaUnit, ReplyDocument, RuleDocument, Scope, When,
};
pub use filter::Limiter;
pub use key::{GeoField, NetworkDocument, PartDocument, PartFields, Word};
