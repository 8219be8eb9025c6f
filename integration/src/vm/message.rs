//! Ordinary messages, for tests to vary.

use http_filter::{HeaderMutation, Headers};

/// A GET request as Envoy shows it.
pub fn get(target: &str) -> Headers {
    [
        (":authority", "example.com"),
        (":path", target),
        (":method", "GET"),
        (":scheme", "http"),
    ]
    .into_iter()
    .collect()
}

/// A response's headers.
pub fn status(status: u16) -> Headers {
    Headers::new(vec![(":status".to_owned(), status.to_string().into_bytes())])
}

/// The same message with one field line more.
pub fn with(headers: &Headers, name: &str, value: impl Into<Vec<u8>>) -> Headers {
    headers.mutated(&HeaderMutation::default().append(name.to_owned(), value.into()))
}
