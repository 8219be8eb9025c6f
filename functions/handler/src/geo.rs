//! `GET /geo`: what the filters in front decided about this request, as the backend sees it, and where it has come to.

use serde_json::{Map, Value, json};

use crate::{Place, Request, Response};

/// The header lines that filters and the proxy set, as JSON. Whether a credential came through is said, never the credential.
pub(crate) fn echo(request: &Request, place: &Place) -> Response {
    let mut headers = Map::new();
    for (name, value) in request
        .headers
        .iter()
        .filter(|(name, _)| is_decision(name))
        .take(MAX_LINES)
    {
        let text = Value::from(shorten(value));
        match headers.get_mut(name) {
            None => drop(headers.insert(name.clone(), text)),
            Some(Value::Array(lines)) => lines.push(text),
            Some(line) => *line = Value::Array(vec![line.take(), text]),
        }
    }
    let came_through = |name: &str| request.headers.iter().any(|(n, _)| n == name);
    Response::json(&json!({
        "method": request.method,
        "path": request.path(),
        "headers": headers,
        "served_by": {"region": place.region, "runtime": place.runtime},
        "authorization_reached_backend": came_through("authorization"),
        "cookie_reached_backend": came_through("cookie"),
    }))
}

fn is_decision(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name)
}

fn shorten(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    match text.char_indices().nth(MAX_CHARACTERS) {
        None => text.into_owned(),
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
    }
}

const PREFIXES: &[&str] = &["x-geo-", "x-edge-", "x-user", "x-roles", "x-jwt-", "x-client-"];
const NAMES: &[&str] = &[
    "accept-encoding",
    "host",
    "traceparent",
    "x-envoy-external-address",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-request-id",
];
const MAX_LINES: usize = 64;
const MAX_CHARACTERS: usize = 512;
