//! Replies to requests that don't go on.

use crate::{config::block::Block, counter::Counter};
use geo_database::Country;
use http_filter::{LocalReply, Problem};

/// The answer while a database isn't there without which requests are refused.
pub(crate) fn unavailable() -> LocalReply {
    Problem::new(
        503,
        Counter::GeoDatabaseUnavailable.name(),
        "The service is starting",
    )
    .into_reply()
    .header("retry-after", "1")
}

/// The refusal of a rule, for a client from `country`.
pub(crate) fn blocked(block: &Block, country: Option<Country>) -> LocalReply {
    let document = &block.document;
    let title = document.title.clone().unwrap_or_else(|| DEFAULT_TITLE.to_owned());
    let mut problem = Problem::new(block.status, Counter::CountryBlocked.name(), title);
    if let Some(detail) = &document.detail {
        problem = problem.detail(detail.as_str());
    }
    if let Some(country) = country {
        problem = problem.extension("country", country.code());
    }
    let reply = problem.into_reply().grpc_status(PERMISSION_DENIED);
    match &document.blocked_by {
        Some(uri) => reply.header("link", ["<", uri, ">; rel=\"blocked-by\""].concat()),
        None => reply,
    }
}

/// A redirect, with the cookie by which a loop is noticed.
pub(crate) fn redirect(status: u16, location: String, cookie: Option<String>) -> LocalReply {
    let reply = LocalReply::new(status, Counter::GeoRedirect.name())
        .header("location", location)
        .header("cache-control", "no-store");
    match cookie {
        Some(cookie) => reply.header("set-cookie", cookie),
        None => reply,
    }
}

const DEFAULT_TITLE: &str = "Not available in your country";
const PERMISSION_DENIED: u32 = 7;
