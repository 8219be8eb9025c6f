//! What no request may do: disturb the next one on the worker. Sent through the whole shipped chain, one worker, so
//! that a trap in any of the five VMs would show.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_demo::http::Request;
use http::HeaderMap;
use integration::{
    Answer, Chain, Proxy, Upstream,
    http2::{self, Exchange},
    storm::RESPONSE_FIELDS,
};
use serde_json::json;

/// The VMs that trapped: Envoy replaces them and counts it, or lets requests pass them.
fn assert_no_vm_failed(chain: &Chain, after: &str) {
    assert_eq!(
        chain.counters("wasm\\..*vm_reload"),
        0,
        "a VM trapped after {after}:\n{}",
        chain.envoy.log()
    );
    let log = chain.envoy.log();
    assert!(
        !log.contains("panicked") && !log.contains("Uncaught RuntimeError"),
        "after {after}:\n{log}"
    );
    let ordinary = chain.send(&Request::get("/health").header("accept-encoding", "gzip"));
    assert_eq!(ordinary.status, 200, "an ordinary request after {after}");
}

#[test]
fn hostile_requests_do_not_disturb_the_next() {
    let chain = Chain::start(1);
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    let bearer = format!("Bearer {token}");
    let ours = [
        "authorization",
        "cookie",
        "accept-encoding",
        "x-forwarded-for",
        "forwarded",
        "cf-ipcountry",
        "x-cdn-secret",
        "if-none-match",
        "if-modified-since",
        "range",
        "if-range",
        "cache-control",
        "pragma",
        "origin",
        "referer",
        "sec-fetch-site",
        "available-dictionary",
        "dpop",
        "content-type",
        "user-agent",
        "te",
        "x-edge-cluster",
        "x-geo-country",
    ];
    let bytes = ours.iter().fold(Request::get("/health"), |request, name| {
        request.header(name, b"\xff\xfe\x80")
    });
    let empty = ours
        .iter()
        .fold(Request::get("/health"), |request, name| request.header(name, ""));
    let long = ours.iter().fold(Request::get("/health"), |request, name| {
        request.header(name, "a,b;q=".repeat(300))
    });
    let many = (0..90).fold(Request::get("/health"), |request, n| {
        request.header(&format!("x-{n}"), "y")
    });
    let thousand = (0..1000).fold(Request::get("/health"), |request, n| {
        request.header(&format!("x-{n}"), "y")
    });
    for (name, request) in [
        ("bytes that are no UTF-8 in every field we read", bytes),
        ("empty fields", empty),
        ("long fields", long),
        ("ninety headers", many),
        ("a thousand headers", thousand),
        (
            "a repeated authorization",
            Request::get("/geo")
                .header("authorization", &bearer)
                .header("authorization", &bearer),
        ),
        (
            "a token of 50 KB",
            Request::get("/geo").header("authorization", format!("Bearer {}", "a.".repeat(25_000))),
        ),
        (
            "a token of dots",
            Request::get("/geo").header("authorization", format!("Bearer {}", ".".repeat(5000))),
        ),
        ("a target that is no UTF-8", Request::get("/%ff%fe?%ff=%")),
        (
            "a target of 30 KB",
            Request::get(&format!("/{}?{}", "a/".repeat(8_000), "x&=".repeat(5_000))),
        ),
        (
            "a hundred thousand commas",
            Request::get("/text").header("accept-encoding", ",".repeat(50_000)),
        ),
        ("an unknown method", Request::new("BREW", "/health")),
        ("OPTIONS *", Request::new("OPTIONS", "*")),
    ] {
        // Whatever the answer: there is one, or the connection is closed.
        let _ = request.send(chain.envoy.address());
        assert_no_vm_failed(&chain, name);
    }
}

#[test]
fn hostile_responses_do_not_disturb_the_next() {
    let chain = Chain::start(1);
    for (name, value) in [
        ("no UTF-8", &b"\xff\xfe\x80"[..]),
        ("empty", b""),
        ("commas", b",,;;==,\"\\,"),
        ("long", &b"a=1,".repeat(4_000)),
    ] {
        let answer = RESPONSE_FIELDS
            .iter()
            .fold(Answer::text("body"), |answer, field| answer.header(field, value));
        chain.upstream.answer_next_with(answer);
        let _ = Request::get("/asset/x")
            .header("accept-encoding", "gzip, br")
            .send(chain.envoy.address());
        assert_no_vm_failed(&chain, name);
    }
    for status in [204, 205, 206, 301, 304, 404, 418, 500, 599] {
        chain.upstream.answer_next_with(Answer {
            status,
            ..Answer::default()
        });
        let response = chain.send(&Request::get("/asset/x").header("accept-encoding", "br"));
        assert_eq!(response.status, status);
        assert_no_vm_failed(&chain, &status.to_string());
    }
}

#[test]
fn trailers_over_http2_pass_in_both_directions() {
    let chain = Chain::start(1);
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    let trailers = |name: &'static str| {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), "1".parse().unwrap())])
    };
    chain.upstream.answer_with(Answer {
        body: vec![b"hello ".repeat(1000), b"world".to_vec()],
        trailers: vec![("x-checksum".into(), "abc".into())],
        ..Answer::text("")
            .header("content-type", "text/plain")
            .header("trailer", "x-checksum")
    });
    let request = |coding: &str| {
        http::Request::post("http://edge.example/transform")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("accept-encoding", coding)
            .body(())
            .unwrap()
    };
    let exchange = |coding| Exchange {
        request: request(coding),
        body: vec![b"{}".to_vec(), b" ".to_vec()],
        trailers: Some(trailers("x-request-trailer")),
    };
    let responses = http2::send(
        chain.envoy.address(),
        vec![exchange("identity"), exchange("gzip"), exchange("br")],
    );
    for (coding, response) in ["identity", "gzip", "br"].iter().zip(&responses) {
        assert_eq!(
            response.status,
            200,
            "{coding}: {}",
            String::from_utf8_lossy(&response.body)
        );
        assert!(!response.body.is_empty(), "{coding}");
    }
    assert_eq!(responses.first().unwrap().body.len(), 6_005);
    assert_no_vm_failed(&chain, "trailers");
}

#[test]
fn requests_that_are_aborted_disturb_nobody() {
    use std::io::Write;
    let chain = Chain::start(1);
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    for (name, bytes) in [
        ("half a head", "GET /health HTTP/1.1\r\nhost: a\r\n".to_owned()),
        (
            "half a body",
            format!(
                "POST /transform HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-length: 100\r\n\r\n{{"
            ),
        ),
        (
            "gone at once",
            "GET /text HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n".to_owned(),
        ),
    ] {
        for _ in 0..10 {
            let mut stream = std::net::TcpStream::connect(chain.envoy.address()).unwrap();
            stream.write_all(bytes.as_bytes()).unwrap();
        }
        assert_no_vm_failed(&chain, name);
    }
}

/// The chain's own limits keep the largest requests out, so they're lifted here: the filters must bear them too.
#[test]
fn requests_beyond_the_chains_limits_do_not_disturb_the_next() {
    let key =
        json!({"kty": "oct", "alg": "HS256", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC0xMjM0"});
    let provider = json!({"algorithms": ["HS256"], "jwks": {"keys": [key]}});
    let upstream = Upstream::start();
    let envoy = Proxy::default()
        .filter("jwt-auth", &json!({"providers": {"corp": provider}, "rules": [{"require": "corp", "optional": "even_invalid"}]}))
        .filter("rate-limit", &json!({"policies": {"client": {"requests": 1000, "per": "1m"}}}))
        .filter("geo-routing", &json!({"client": [{"header": "cf-ipcountry", "trust": {"peers": "127.0.0.0/8"}}], "rules": [{"when": {"country": "KP"}, "block": 451}]}))
        .filter("compression-negotiation", &json!({"encode": true}))
        .filter("cache-headers", &json!({"rules": [{"match": {"path": "/*"}, "browser": {"max_age": "1h"}}]}))
        .start(&upstream);
    let thousand = (0..1000).fold(Request::get("/"), |request, n| {
        request.header(&format!("x-{n}"), "y")
    });
    let token = format!(
        "Bearer {}.{}.{}",
        "a".repeat(20_000),
        "b".repeat(20_000),
        "c".repeat(20_000)
    );
    for (name, request) in [
        ("a thousand headers", thousand),
        (
            "a token of 60 KB",
            Request::get("/").header("authorization", token),
        ),
        (
            "a list of 60 KB",
            Request::get("/").header("accept-encoding", "gzip;q=0.5,".repeat(5_500)),
        ),
        (
            "a target of 60 KB",
            Request::get(&format!("/{}", "%2e/".repeat(15_000))),
        ),
    ] {
        let response = request.send(envoy.address()).unwrap();
        assert!(response.status < 500, "{name}: {}", response.status);
        let ordinary = Request::get("/")
            .header("accept-encoding", "gzip")
            .send(envoy.address())
            .unwrap();
        assert_eq!(ordinary.status, 200, "an ordinary request after {name}");
        assert!(!envoy.log().contains("panicked"), "{name}:\n{}", envoy.log());
    }
}
