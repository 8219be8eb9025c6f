//! A policy enforced for a part of the clients: each stays on its side, and only those who are limited are told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use rate_limit::RateLimit;
use std::rc::Rc;

/// Whether the client's request is answered with 429; and if not, whether the response tells of the limit.
fn refused_or_told(plugin: &Rc<Plugin<RateLimit>>, host: &FakeHost, client: u32) -> (bool, bool) {
    let request: Headers = [
        (":method", "GET".to_owned()),
        (":path", "/".into()),
        ("who", client.to_string()),
    ]
    .into_iter()
    .collect();
    let mut stream = plugin.stream();
    match stream.on_request_headers(&request, host) {
        Decision::Reply(reply) => (reply.status == 429, true),
        Decision::Continue(_) => {
            let response: Headers = [(":status", "200")].into_iter().collect();
            (
                false,
                !stream.on_response_headers(&response, host).headers.is_empty(),
            )
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_part_of_the_clients_is_limited_always_the_same() {
    let config =
        r#"{"policies": {"p": {"key": {"header": "who"}, "requests": 1, "per": "1h", "percent": 30}}}"#;
    let plugin = Rc::new(Plugin::<RateLimit>::new(Some(config.as_bytes())).unwrap());
    let host = FakeHost::default();
    let mut limited = 0;
    for client in 0..2_000 {
        let (refused, told) = refused_or_told(&plugin, &host, client);
        assert!(!refused, "the first request is within the quota");
        for time in 2..4 {
            assert_eq!(
                refused_or_told(&plugin, &host, client),
                (told, told),
                "client {client}, request {time}"
            );
        }
        limited += u32::from(told);
    }
    assert!(
        (520..680).contains(&limited),
        "{limited} of 2000 clients are limited"
    );
    assert_eq!(
        host.counter("policy.p.shadowed"),
        u64::from(2 * (2_000 - limited))
    );
    assert_eq!(host.counter("policy.p.refused"), u64::from(2 * limited));
}

#[test]
fn of_a_quota_for_all_a_part_of_the_requests_is_refused() {
    let config = r#"{"policies": {"p": {"key": [], "requests": 1, "per": "1h", "percent": 30}}}"#;
    let plugin = Rc::new(Plugin::<RateLimit>::new(Some(config.as_bytes())).unwrap());
    let host = FakeHost::default();
    let refused = (0..2_000)
        .filter(|client| refused_or_told(&plugin, &host, *client).0)
        .count();
    assert!(
        (520..680).contains(&refused),
        "{refused} of 2000 requests are refused"
    );
}
