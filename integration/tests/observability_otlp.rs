//! Spans and access logs of the shipped chain by OTLP: off at first, on by the admin interface, with what the filters decided.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_demo::http::Request;
use integration::{
    Chain, eventually,
    otlp::{OtlpReceiver, Received},
};
use std::time::Duration;

const TRACE: [u8; 16] = [
    0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c,
];
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// Its second half: the client's span.
const CLIENT: [u8; 8] = [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31];

/// One that needs a token and has none.
fn refused(target: &str) -> Request {
    Request::new("POST", target)
}

#[test]
fn spans_and_records_say_what_filters_decided() {
    let collector = OtlpReceiver::start();
    let chain = Chain::start_watched(1, collector.address());
    let untold = chain.send(&refused("/transform").header("traceparent", PARENT));
    assert_eq!(untold.status, 401);

    let switched = "/runtime_modify?edge.otlp_logs=100&tracing.random_sampling=10000";
    let answered = Request::new("POST", switched)
        .send(chain.envoy.admin().address())
        .unwrap();
    assert_eq!(answered.text(), "OK\n");
    let refusal = chain.send(&refused("/transform?q=secret"));
    assert_eq!(refusal.status, 401);
    let passed = chain.send(&Request::get("/health").header("traceparent", PARENT));
    assert_eq!(passed.status, 200);

    let all = |received: &Received| received.records.len() >= 2 && received.spans.len() >= 2;
    assert!(
        eventually(Duration::from_secs(30), || all(&collector.received())),
        "{:?}",
        collector.received()
    );
    let Received { spans, records } = collector.received();

    // Nothing of what came before the switch.
    assert_eq!(records.len(), 2, "{records:?}");
    let of = |body: &str| records.iter().find(|record| record.body() == Some(body)).unwrap();
    let refusal = of("POST /transform");
    assert_eq!(refusal.attribute("filter"), Some("token_missing"), "{refusal:?}");
    assert_eq!(refusal.attribute("status"), Some("401"), "{refusal:?}");
    let health = of("GET /health");
    assert_eq!(health.attribute("status"), Some("200"));
    assert!(
        health.attribute("quota").is_some_and(|said| said.contains("r=")),
        "{health:?}"
    );
    assert!(
        !format!("{records:?}{spans:?}").contains("secret"),
        "a query may hold a token"
    );

    let refusal = spans
        .iter()
        .find(|span| span.attribute("edge.details") == Some("token_missing"));
    assert!(refusal.is_some(), "{spans:?}");
    let quota = |tag: Option<&str>| tag.is_some_and(|said| said.contains("r="));
    assert!(
        spans.iter().any(|span| quota(span.attribute("edge.quota"))),
        "{spans:?}"
    );
    let joined: Vec<_> = spans.iter().filter(|span| span.trace_id == TRACE).collect();
    assert!(
        joined.iter().any(|span| span.parent_span_id == CLIENT),
        "{spans:?}"
    );

    // The backend is told of the span that called it.
    let received = chain.upstream.received();
    let parent = received
        .iter()
        .rev()
        .find_map(|request| request.headers.first("traceparent").map(<[u8]>::to_vec))
        .unwrap();
    let parent = String::from_utf8(parent).unwrap();
    assert!(
        parent.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && parent != PARENT,
        "{parent}"
    );
}
