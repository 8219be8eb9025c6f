//! Answers to requests that don't go on.

use crate::{
    account::Account, config::RateLimit, counter::Counter, document::words::When, fields, service::Answer,
};
use http_filter::{Host, LocalReply, Problem};
use std::time::Duration;

/// The answer to a request over the limit: the problem type that the IETF draft registers (§5.1), or what the service
/// wants said.
pub(crate) fn over_limit(
    config: &RateLimit,
    account: &Account,
    answer: Option<&Answer>,
    host: &dyn Host,
) -> LocalReply {
    let violated: Vec<&str> = account.violated(config).collect();
    let problem = Problem::new(
        config.responses.status,
        Counter::QuotaExceeded.name(),
        "Request cannot be satisfied as assigned quota has been exceeded",
    )
    .kind("https://iana.org/assignments/http-problem-types#quota-exceeded")
    .extension("violated-policies", violated);
    let mut reply = problem.into_reply().grpc_status(config.responses.grpc_status);
    if let Some(body) = answer.map(|answer| &answer.body).filter(|body| !body.is_empty()) {
        reply.body.clone_from(body);
        reply.headers.retain(|(name, _)| name != "content-type");
    }
    if let Some(wait) = account.wait().filter(|_| config.responses.retry_after) {
        reply = reply.header(
            "retry-after",
            later(wait, config.responses.jitter, host.random()).to_string(),
        );
    }
    account.fields(
        config,
        |when| when != When::Never,
        |name, value| reply.headers.push((name.into(), value)),
    );
    for (name, value) in answer.iter().flat_map(|answer| &answer.response_headers) {
        reply
            .headers
            .retain(|(known, _)| **known != *name || name.starts_with("ratelimit"));
        reply = reply.header(name.clone(), value.clone());
    }
    if !reply.body.is_empty() && !reply.headers.iter().any(|(name, _)| name == "content-type") {
        reply = reply.header("content-type", "text/plain");
    }
    reply
}

/// The answer where nobody could count: too many workers at one bucket, or no service.
pub(crate) fn unavailable(config: &RateLimit, details: Counter, host: &dyn Host) -> LocalReply {
    let wait = later(Duration::from_secs(1), config.responses.jitter, host.random());
    Problem::new(
        503,
        details.name(),
        "Request cannot be satisfied due to temporary server capacity constraints",
    )
    .kind("https://iana.org/assignments/http-problem-types#temporary-reduced-capacity")
    .into_reply()
    .header("retry-after", wait.to_string())
}

/// The answer to a request that can't be counted for anybody.
pub(crate) fn bad_key(details: Counter, title: &'static str) -> LocalReply {
    Problem::new(400, details.name(), title).into_reply()
}

/// Whole seconds to wait, up to `jitter` percent more than necessary, so that clients don't return together.
fn later(wait: Duration, jitter: u32, random: u64) -> u64 {
    let span = wait.as_millis().saturating_mul(jitter.into()) / 100;
    let more = u128::from(random) % (span + 1);
    fields::seconds(wait.saturating_add(Duration::from_millis(more.try_into().unwrap_or(u64::MAX)))).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_never_sooner_and_not_much_later() {
        for (name, wait, jitter, random, expected) in [
            ("rounded up", 1_001, 0, 7, 2),
            ("never zero", 1, 0, 7, 1),
            ("no jitter drawn", 10_000, 20, 2_001, 10),
            ("half of it", 10_000, 20, 1_000, 11),
            ("all of it", 10_000, 20, 2_000, 12),
        ] {
            assert_eq!(
                later(Duration::from_millis(wait), jitter, random),
                expected,
                "{name}"
            );
        }
        assert!(later(Duration::MAX, 100, u64::MAX) > 0);
    }
}
