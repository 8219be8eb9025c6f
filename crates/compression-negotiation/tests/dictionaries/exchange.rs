//! One request and its response, through the filter.

use base64::{Engine, prelude::BASE64_STANDARD};
use compression_negotiation::CompressionNegotiation;
use http_filter::{BodyPlan, Decision, HeaderMutation, Headers, Plugin};
use http_filter_test::FakeHost;
use sha2::{Digest, Sha256};
use std::rc::Rc;

pub(crate) const CONFIG: &str = r#"{
    "encode": true,
    "dictionaries": {"resources": {"path": "/app.*.js", "for": "/app.*.js", "destinations": "script", "id": "app"}}
}"#;

pub(crate) type Plug = Rc<Plugin<CompressionNegotiation>>;

pub(crate) fn plugin(config: &str) -> Plug {
    Rc::new(Plugin::new(Some(config.as_bytes())).unwrap_or_else(|error| panic!("{error}")))
}

/// What became of an exchange: what the upstream was asked for, the response's headers and its body.
pub(crate) struct Seen {
    pub(crate) asked: Option<String>,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .first(name)
            .map(|value| std::str::from_utf8(value).unwrap())
    }
}

pub(crate) fn exchange(
    plugin: &Plug,
    host: &FakeHost,
    path: &str,
    request: &[(&str, &str)],
    response: &[(&str, &str)],
    body: &[u8],
) -> Seen {
    let mut stream = plugin.stream();
    let request: Headers = [
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "example.com"),
        (":path", path),
        ("accept-encoding", "gzip, br, zstd, dcb, dcz"),
    ]
    .into_iter()
    .filter(|(name, _)| !request.iter().any(|(other, _)| other == name))
    .chain(request.iter().copied())
    .collect();
    let upstream = match stream.on_request_headers(&request, host) {
        Decision::Continue(changes) => request.mutated(&changes.mutation(&request)),
        other => panic!("{other:?}"),
    };
    let length = body.len().to_string();
    let response: Headers = [
        (":status", "200"),
        ("content-type", "text/javascript"),
        ("content-length", length.as_str()),
        ("etag", "\"x\""),
    ]
    .into_iter()
    .filter(|(name, _)| !response.iter().any(|(other, _)| other == name))
    .chain(response.iter().copied())
    .collect();
    let plan = stream.on_response_headers(&response, host);
    let headers: HeaderMutation = plan.headers;
    let mut seen = Vec::new();
    for chunk in body.chunks(5000) {
        match plan.body {
            BodyPlan::Rewrite => match stream.on_response_body(chunk, false, host) {
                Some(rewritten) => seen.extend(rewritten),
                None => seen.extend(chunk),
            },
            _ => seen.extend(chunk),
        }
    }
    Seen {
        asked: upstream
            .first("accept-encoding")
            .map(|value| String::from_utf8(value.to_vec()).unwrap()),
        headers: response.mutated(&headers),
        body: seen,
    }
}

/// A script of some size, and what it is after an edit.
pub(crate) fn scripts() -> (Vec<u8>, Vec<u8>) {
    let old: String = (0..3000)
        .map(|at| {
            format!(
                "export function f{at}(x) {{ return x * {} + {}; }}\n",
                at * 7919 % 1009,
                at * 31 % 97
            )
        })
        .collect();
    let new = old
        .replace("f1700(x)", "f1700(x, y)")
        .replace("f42(x) { return x", "f42(x) { return 2 * x");
    assert_ne!(old, new);
    (old.into_bytes(), new.into_bytes())
}

pub(crate) fn available(bytes: &[u8]) -> String {
    format!(":{}:", BASE64_STANDARD.encode(Sha256::digest(bytes)))
}
