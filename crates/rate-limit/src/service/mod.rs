//! The rate limit service: `envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit`.

mod answer;
mod question;

pub(crate) use answer::UNITS;
pub use answer::{Answer, Code, Limit, Status};
pub use http_filter::protobuf::Malformed;
pub use question::{Descriptor, Question};

#[cfg(test)]
mod tests;

/// The full name of the service.
pub const SERVICE: &str = "envoy.service.ratelimit.v3.RateLimitService";
/// The name of its method.
pub const METHOD: &str = "ShouldRateLimit";
