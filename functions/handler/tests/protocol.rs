//! What is wrong with a request is said in a problem document, and each path answers to its methods.

#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

mod common;

use common::{header, json_of, send, whole};
use functions_handler::MAX_BODY;

#[test]
fn what_is_wrong_is_said() {
    let json_type = &[("content-type", "application/json")][..];
    let large = vec![b' '; MAX_BODY + 1];
    let deep = "[".repeat(100_000);
    type Row<'a> = (
        &'a str,
        &'a str,
        &'a str,
        &'a [(&'a str, &'a str)],
        &'a [u8],
        u16,
        &'a str,
    );
    let rows: &[Row<'_>] = &[
        ("no such path", "GET", "/nothing", &[], b"", 404, "not_found"),
        (
            "no such asset",
            "GET",
            "/asset/../Cargo.toml",
            &[],
            b"",
            404,
            "not_found",
        ),
        ("empty target", "GET", "", &[], b"", 404, "not_found"),
        (
            "wrong method",
            "DELETE",
            "/health",
            &[],
            b"",
            405,
            "method_not_allowed",
        ),
        (
            "reading what computes",
            "GET",
            "/transform",
            &[],
            b"",
            405,
            "method_not_allowed",
        ),
        (
            "too large",
            "POST",
            "/transform",
            json_type,
            &large,
            413,
            "content_too_large",
        ),
        (
            "no media type",
            "POST",
            "/validate",
            &[],
            b"{}",
            415,
            "unsupported_media_type",
        ),
        (
            "form",
            "POST",
            "/validate",
            &[("content-type", "application/x-www-form-urlencoded")],
            b"a=1",
            415,
            "unsupported_media_type",
        ),
        (
            "empty body",
            "POST",
            "/aggregate",
            json_type,
            b"",
            400,
            "not_json",
        ),
        (
            "not UTF-8",
            "POST",
            "/aggregate",
            json_type,
            b"\"\xff\"",
            400,
            "not_json",
        ),
        (
            "deep nesting",
            "POST",
            "/transform",
            json_type,
            deep.as_bytes(),
            400,
            "not_json",
        ),
        (
            "not a number",
            "GET",
            "/text?bytes=many",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "negative",
            "GET",
            "/text?bytes=-1",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "over the bound",
            "GET",
            "/text?bytes=1048577",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "twice",
            "GET",
            "/text?bytes=1&bytes=2",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "empty parameter",
            "GET",
            "/stream?n",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "too many chunks",
            "GET",
            "/stream?n=51",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "too slow",
            "GET",
            "/stream?ms=1001",
            &[],
            b"",
            400,
            "invalid_parameter",
        ),
        (
            "wrong form",
            "POST",
            "/transform",
            json_type,
            b"[]",
            422,
            "unprocessable_content",
        ),
    ];
    for (name, method, target, headers, body, status, slug) in rows {
        let response = send(method, target, headers, body);
        assert_eq!(response.status, *status, "{name}");
        assert_eq!(
            header(&response, "content-type"),
            Some("application/problem+json"),
            "{name}"
        );
        let problem = json_of(&response);
        assert_eq!(problem["type"], format!("urn:edge:problem:{slug}"), "{name}");
        assert_eq!(problem["status"], *status, "{name}");
        assert!(
            problem["title"].is_string() && problem["detail"].is_string(),
            "{name}: {problem}"
        );
    }
}

#[test]
fn methods() {
    let rows: &[(&str, &str, u16, Option<&str>)] = &[
        ("HEAD", "/health", 200, None),
        ("OPTIONS", "/health", 204, Some("GET, HEAD, OPTIONS")),
        ("OPTIONS", "/validate", 204, Some("POST, OPTIONS")),
        ("PUT", "/asset/edge.css", 405, Some("GET, HEAD, OPTIONS")),
        ("HEAD", "/validate", 405, Some("POST, OPTIONS")),
        ("\u{e9}", "/aggregate", 405, Some("POST, OPTIONS")),
    ];
    for (method, target, status, allow) in rows {
        let response = send(method, target, &[], b"");
        assert_eq!(
            (response.status, header(&response, "allow")),
            (*status, *allow),
            "{method} {target}"
        );
        if *method == "HEAD" {
            assert!(whole(&response).is_empty(), "{method} {target}");
            assert_eq!(header(&response, "content-length"), None, "{method} {target}");
        }
    }
}
