use crate::{
    config::mistake::{milliseconds, mistake},
    document::jwks::JwksDocument,
};
use http_filter::{ByteSize, ConfigError, Span, error_path::quoted};
use shared_fetch::{HttpUri, Source, UriProblem};
use std::time::Duration;

/// Where and how the document of `document.uri` is fetched.
///
/// # Errors
/// [`ConfigError`], with the field and what to write.
pub(crate) fn compile(document: &JwksDocument) -> Result<Source, ConfigError> {
    let uri = document.uri.as_deref().unwrap_or_default();
    let HttpUri { authority, path } = HttpUri::parse(uri).map_err(|problem| match problem {
        // A password is not told: errors are logged.
        UriProblem::Userinfo => mistake("uri", "a user name before the host", &problem.to_string()),
        UriProblem::Form => mistake("uri", &quoted(uri), &problem.to_string()),
    })?;
    let cluster = document
        .cluster
        .clone()
        .filter(|cluster| !cluster.is_empty())
        .ok_or_else(|| mistake("cluster", "nothing", "the name of Envoy's cluster for this uri"))?;
    let timeout = span(document.timeout, 5);
    if timeout.is_zero() || timeout > Duration::from_secs(60) {
        return Err(mistake(
            "timeout",
            &milliseconds(timeout),
            "more than 0 and at most 60s",
        ));
    }
    let refresh = span(document.refresh, 600);
    if refresh < MIN_LIFETIME {
        return Err(mistake("refresh", &milliseconds(refresh), "at least 1s"));
    }
    let max_bytes = document.max_bytes.map_or(256 << 10, ByteSize::bytes);
    Ok(Source {
        cluster,
        authority,
        path,
        digest_path: None,
        accept: "application/jwk-set+json, application/json",
        timeout,
        refresh,
        heeds_lifetimes: true,
        stale: span(document.stale, 86_400),
        max_bytes: max_bytes.clamp(1 << 10, 8 << 20) as usize,
    })
}

/// How often a client has the set fetched again for an unknown key, on this worker, in milliseconds.
pub(crate) fn unknown_key_interval(document: &JwksDocument) -> u64 {
    shared_fetch::millis(span(document.unknown_key_interval, 10))
}

fn span(given: Option<Span>, default: u64) -> Duration {
    given.map_or(Duration::from_secs(default), Span::duration)
}

const MIN_LIFETIME: Duration = Duration::from_secs(1);
