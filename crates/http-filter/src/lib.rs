#![doc = include_str!("../README.md")]

mod attribute;
pub mod bounds;
mod breaker;
mod call;
mod closing;
mod counters;
mod decision;
mod filter;
mod from_text;
mod header_mutation;
mod headers;
mod host;
mod host_pattern;
mod path;
mod places;
mod plugin;
mod problem;
pub mod property;
mod reply;
mod request_match;
mod settings;
mod shared_map;
mod shared_text;
mod stream;
mod type_erased;
mod value_pattern;
mod waiting_list;

pub use attribute::Attribute;
pub use breaker::Breaker;
pub use call::{Call, CallFailure, CallResponse, GrpcCall, HttpCall};
pub use closing::close;
pub use config_document::{
    ByteSize, ConfigError, InvalidQuantity, OneOrMany, Span, SpanWithin, choice, config, describe, document,
    error_path, protobuf,
};
pub use counters::SHARED_COUNTERS;
pub use decision::{BodyPlan, Changes, Decision, Held, ResponsePlan};
#[cfg(feature = "schema")]
pub use filter::schema;
pub use filter::{Filter, FilterConfig, Tick};
pub use header_mutation::{HeaderEdit, HeaderMutation};
pub use headers::{Choices, Concerns, Headers, Lines, Marks, Reading, Readings, Repeated};
pub use host::{Conflict, EXPLAINS, Hash, Host, Scheme, Shared, Version, release_lease, take_lease, update};
pub use host_pattern::HostPattern;
pub use path::{InvalidPathPattern, PathPattern};
pub use places::{Owner, Places, RENEW, TERM};
pub use plugin::Plugin;
pub use problem::Problem;
pub use reply::LocalReply;
pub use request_match::{Match, Method};
pub use settings::{Mode, Publish, Settings};
pub use shared_map::SharedMap;
pub use shared_text::{Bytes, FieldName};
pub use stream::Stream;
pub use type_erased::{AnyPlugin, AnyStream};
pub use value_pattern::ValuePattern;
pub use waiting_list::{Awaited, Ticket, WaitEnd, WaitingList, held_bytes};
