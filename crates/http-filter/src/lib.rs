#![doc = include_str!("../README.md")]

mod address;
mod call;
/// Configuration documents: parsing, with the path of the offending field in every error.
pub mod config;
pub mod cookies;
mod decision;
mod deserializer;
pub mod field;
mod filter;
mod headers;
mod host;
mod one_or_many;
mod path;
mod plugin;
mod problem;
pub mod property;
mod protobuf_struct;
mod quantity;
pub mod query;
mod reply;
mod request_match;
mod settings;
mod stream;

pub use address::parse_address;
pub use call::{Call, CallFailure, CallResponse, GrpcCall, HttpCall};
pub use config::ConfigError;
pub use decision::{BodyPlan, Changes, Decision, ResponsePlan};
pub use filter::{Filter, FilterConfig, Tick};
pub use headers::{HeaderEdit, HeaderMutation, Headers, Repeated};
pub use host::{Conflict, Hash, Host, Shared, Version, release_lease, take_lease, update};
pub use one_or_many::OneOrMany;
pub use path::{InvalidPathPattern, PathPattern, is_ambiguous};
pub use plugin::Plugin;
pub use problem::Problem;
pub use quantity::{ByteSize, InvalidQuantity, Span};
pub use reply::LocalReply;
pub use request_match::{FieldName, HostPattern, Match, Method, ValuePattern, is_token};
pub use settings::{Mode, Settings};
pub use stream::Stream;
