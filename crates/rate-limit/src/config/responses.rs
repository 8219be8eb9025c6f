//! What responses say of limits, and how refusals look.

use crate::document::{HeadersDocument, ReplyDocument, words::When};

/// What clients are told, and how.
#[derive(Debug)]
pub(crate) struct ResponseSettings {
    /// When responses carry `RateLimit` and `RateLimit-Policy`.
    pub(crate) ratelimit: When,
    /// When they carry `X-RateLimit-*`.
    pub(crate) x_ratelimit: When,
    pub(crate) retry_after: bool,
    pub(crate) status: u16,
    pub(crate) grpc_status: u32,
    /// How much longer than necessary `Retry-After` may be, in percent.
    pub(crate) jitter: u32,
}

impl ResponseSettings {
    pub(crate) fn new(headers: &HeadersDocument, reply: &ReplyDocument) -> Self {
        Self {
            ratelimit: headers.ratelimit,
            x_ratelimit: headers.x_ratelimit,
            retry_after: headers.retry_after,
            status: reply.status.0 as u16,
            grpc_status: reply.grpc_status.0,
            jitter: reply.jitter.0,
        }
    }
}
