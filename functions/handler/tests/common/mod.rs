//! Sends requests to the handler and reads what comes back.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses some of it"
)]

use functions_handler::{Body, Place, Request, Response, handle};
use serde_json::Value;

pub fn send(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec()))
            .collect(),
        body: body.to_vec(),
    };
    handle(&request, &place())
}

/// Where the requests of these tests come to.
pub fn place() -> Place {
    Place {
        region: Some("eu".to_owned()),
        runtime: "test".to_owned(),
    }
}

pub fn get(target: &str) -> Response {
    send("GET", target, &[], b"")
}

pub fn post(target: &str, body: &Value) -> Response {
    send(
        "POST",
        target,
        &[("content-type", "application/json")],
        body.to_string().as_bytes(),
    )
}

pub fn whole(response: &Response) -> &[u8] {
    match &response.body {
        Body::Whole(bytes) => bytes,
        Body::Paced { .. } => panic!("expected a whole body"),
    }
}

pub fn json_of(response: &Response) -> Value {
    serde_json::from_slice(whole(response)).unwrap()
}

pub fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response
        .headers
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.as_str())
}
