//! What clients of rate-limit get from a real Envoy: the fields, the refusal, and its gRPC form.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::http::Request;
use integration::{
    Proxy, Upstream,
    http2::{self, Exchange},
};
use serde_json::json;

#[test]
fn responses_tell_of_the_limit_and_refusals_when_to_return() {
    let upstream = Upstream::start();
    let configuration = json!({
        "policies": {"hourly": {"key": {"header": "x-key"}, "requests": 2, "per": "1h"}},
        "headers": {"x_ratelimit": "always"},
    });
    let envoy = Proxy::default()
        .filter("rate-limit", &configuration)
        .workers(2)
        .start(&upstream);
    let request = Request::get("/").header("x-key", "secret-client-key");
    for (name, status, remaining, most_wait) in [
        ("the first", 200, 1, 1800),
        ("the second", 200, 0, 1800),
        ("the third", 429, 0, 1800),
    ] {
        let response = request.send(envoy.address()).unwrap();
        let field = |name| response.header(name).unwrap_or_default();
        assert_eq!(response.status, status, "{name}: {}", response.text());
        assert_eq!(field("ratelimit-policy"), "\"hourly\";q=2;w=3600", "{name}");
        let left = field("ratelimit");
        let wait = left
            .strip_prefix(&format!("\"hourly\";r={remaining};t="))
            .map(str::parse::<u32>);
        assert!(
            matches!(wait, Some(Ok(wait)) if (most_wait - 60..=most_wait).contains(&wait)),
            "{name}: {left}"
        );
        assert_eq!(
            field("x-ratelimit-limit"),
            "2, 2;w=3600;name=\"hourly\"",
            "{name}"
        );
        assert_eq!(field("x-ratelimit-remaining"), remaining.to_string(), "{name}");
        let retry = response
            .header("retry-after")
            .map(|seconds| seconds.parse::<u32>());
        if status == 200 {
            assert_eq!(retry, None, "{name}");
            continue;
        }
        // Never sooner than a unit is there, and at most a fifth later.
        assert!(matches!(retry, Some(Ok(1740..=2160))), "{name}: {retry:?}");
        assert_eq!(field("content-type"), "application/problem+json", "{name}");
        let problem = response.json();
        assert_eq!(
            problem["type"], "https://iana.org/assignments/http-problem-types#quota-exceeded",
            "{problem}"
        );
        assert_eq!(problem["violated-policies"], json!(["hourly"]), "{problem}");
        assert!(!response.text().contains("secret-client-key"), "{problem}");
    }
    assert_eq!(
        upstream.received().len(),
        2,
        "what is refused doesn't reach the upstream"
    );
    let other = Request::get("/")
        .header("x-key", "other")
        .send(envoy.address())
        .unwrap();
    assert_eq!(other.status, 200, "another client has its own quota");
}

#[test]
fn grpc_clients_get_resource_exhausted() {
    let configuration = json!({"policies": {"hourly": {"key": [], "requests": 1, "per": "1h"}}});
    let envoy = Proxy::default()
        .filter("rate-limit", &configuration)
        .start(&Upstream::start());
    let exchange = || Exchange {
        request: http::Request::post("http://edge.example/package.Service/Method")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .unwrap(),
        body: vec![vec![0; 5]],
        trailers: None,
    };
    let responses = http2::send(envoy.address(), vec![exchange(), exchange()]);
    assert_eq!(
        responses[0].headers.get("grpc-status"),
        None,
        "{:?}",
        responses[0]
    );
    let refused = &responses[1];
    assert_eq!(refused.status, 200, "{refused:?}");
    assert_eq!(refused.headers["content-type"], "application/grpc", "{refused:?}");
    assert_eq!(
        refused.headers["grpc-status"], "8",
        "RESOURCE_EXHAUSTED: {refused:?}"
    );
    assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
}
