//! The echo, the assets, and content of a wanted size or speed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

mod common;

use common::{get, header, json_of, send, whole};
use functions_handler::{Body, Place, Request, handle};
use serde_json::json;

#[test]
fn the_echo_shows_decisions_and_no_secret() {
    let response = send(
        "GET",
        "/geo?x=1",
        &[
            ("x-geo-country", "DE"),
            ("x-user", "alice"),
            ("x-edge-note", "one"),
            ("x-edge-note", "two"),
            ("x-other", "not shown"),
            ("accept-encoding", "br"),
            ("authorization", "Bearer secret-token"),
        ],
        b"",
    );
    let shown = json_of(&response);
    assert_eq!(
        shown["headers"],
        json!({"x-geo-country": "DE", "x-user": "alice", "x-edge-note": ["one", "two"], "accept-encoding": "br"})
    );
    assert_eq!(shown["served_by"], json!({"region": "eu", "runtime": "test"}));
    assert_eq!(shown["authorization_reached_backend"], true);
    assert_eq!(shown["cookie_reached_backend"], false);
    assert_eq!(shown["path"], "/geo");
    assert!(!shown.to_string().contains("secret"));
}

#[test]
fn the_echo_is_bounded_and_takes_any_bytes() {
    let mut headers: Vec<_> = (0..5000)
        .map(|i| (format!("x-edge-{i}"), b"v".to_vec()))
        .collect();
    headers.insert(0, ("x-user".to_owned(), b"\xff\xfe".to_vec()));
    headers.insert(0, ("x-edge-long".to_owned(), "é".repeat(60_000).into_bytes()));
    let request = Request {
        method: "GET".to_owned(),
        target: "/geo".to_owned(),
        headers,
        body: Vec::new(),
    };
    let response = handle(&request, &Place::default());
    assert_eq!(response.status, 200);
    assert!(whole(&response).len() < 16 * 1024);
    assert_eq!(json_of(&response)["headers"]["x-user"], "\u{fffd}\u{fffd}");
}

#[test]
fn assets() {
    let full = get("/asset/edge.css");
    let etag = header(&full, "etag").unwrap();
    let date = header(&full, "last-modified").unwrap();
    let weak = format!("W/{etag}");
    let list = format!("\"other\", {etag}");
    let rows: &[(&str, &[(&str, &str)], u16)] = &[
        ("first visit", &[], 200),
        ("same tag", &[("if-none-match", etag)], 304),
        ("same tag, weak", &[("if-none-match", &weak)], 304),
        ("in a list", &[("if-none-match", &list)], 304),
        ("any", &[("if-none-match", "*")], 304),
        ("other tag", &[("if-none-match", "\"other\"")], 200),
        ("same date", &[("if-modified-since", date)], 304),
        (
            "the tag outweighs the date",
            &[("if-none-match", "\"other\""), ("if-modified-since", date)],
            200,
        ),
    ];
    for (name, headers, status) in rows {
        let response = send("GET", "/asset/edge.css", headers, b"");
        assert_eq!(response.status, *status, "{name}");
        assert_eq!(header(&response, "etag"), Some(etag), "{name}");
        assert_eq!(whole(&response).is_empty(), *status == 304, "{name}");
    }
    assert_ne!(
        header(&get("/asset/edge.js"), "etag"),
        Some(etag),
        "the tag depends on the content"
    );
}

#[test]
fn text_has_the_wanted_length() {
    for (target, length) in [
        ("/text", 16384),
        ("/text?bytes=0", 0),
        ("/text?bytes=1", 1),
        ("/text?bytes=1048576", 1_048_576),
    ] {
        let response = get(target);
        assert_eq!(whole(&response).len(), length, "{target}");
        assert_eq!(
            header(&response, "content-length"),
            Some(length.to_string().as_str()),
            "{target}"
        );
    }
    assert_eq!(get("/text?bytes=99"), get("/text?bytes=99"));
}

#[test]
fn a_stream_has_the_wanted_pace() {
    let response = get("/stream?n=3&ms=40");
    let Body::Paced { chunks, pause } = &response.body else {
        panic!("expected a stream")
    };
    assert_eq!(chunks, &["chunk 1 of 3\n", "chunk 2 of 3\n", "chunk 3 of 3\n"]);
    assert_eq!(pause.as_millis(), 40);
    assert_eq!(header(&response, "content-length"), None);
}
