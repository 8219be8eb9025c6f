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
mod from_text;
mod header_mutation;
mod headers;
mod host;
mod host_pattern;
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
mod value_pattern;

pub use address::parse_address;
pub use call::{Call, CallFailure, CallResponse, GrpcCall, HttpCall};
pub use config::ConfigError;
pub use decision::{BodyPlan, Changes, Decision, ResponsePlan};
pub use filter::{Filter, FilterConfig, Tick};
pub use header_mutation::{HeaderEdit, HeaderMutation};
pub use headers::{Headers, Repeated};
pub use host::{Conflict, Hash, Host, Shared, Version, release_lease, take_lease, update};
pub use host_pattern::HostPattern;
pub use one_or_many::OneOrMany;
pub use path::{InvalidPathPattern, PathPattern, is_ambiguous};
pub use plugin::Plugin;
pub use problem::Problem;
pub use quantity::{ByteSize, InvalidQuantity, Span};
pub use reply::LocalReply;
pub use request_match::{FieldName, Match, Method, is_token};
pub use settings::{Mode, Settings};
pub use stream::Stream;
pub use value_pattern::ValuePattern;
