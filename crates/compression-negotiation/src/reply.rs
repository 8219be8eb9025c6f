//! The reply to requests that accept nothing on offer.

use crate::{config::policy::Policy, counter::Counter};
use http_filter::{LocalReply, Problem};

/// The 406.
pub(crate) fn not_acceptable(policy: &Policy) -> LocalReply {
    let offered: Vec<&str> = policy.prefer.iter().map(|coding| coding.name()).collect();
    Problem::new(
        406,
        Counter::NotAcceptable.name(),
        "None of the content codings on offer is acceptable",
    )
    .extension("offered", offered)
    .into_reply()
    .header("vary", policy.vary.join(", "))
}
