//! The rate limit service: `envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit`.

pub(crate) mod answer;
pub(crate) mod client;
pub(crate) mod question;

pub(crate) use crate::service::answer::UNITS;
pub use crate::service::{
    answer::{Answer, Code, Limit, Status},
    question::{Descriptor, Question},
};
pub use http_filter::protobuf::Malformed;

#[cfg(test)]
mod tests;

/// The full name of the service.
pub const SERVICE: &str = "envoy.service.ratelimit.v3.RateLimitService";
/// The name of its method.
pub const METHOD: &str = "ShouldRateLimit";
