//! Whatever the rate limit service answers, the request ends: it goes on, or it's refused with a reply that can be sent.
#![no_main]

use http_filter::{CallResponse, Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use rate_limit::RateLimit;
use std::rc::Rc;

const CONFIG: &[u8] =
    br#"{"headers": {"x_ratelimit": "always"}, "policies": {"a": {"key": [], "requests": 1, "per": "1h"},
    "b": {"requests": 5, "per": "1m"}}, "global": {"cluster": "c", "domain": "d"}}"#;

fuzz_target!(|message: &[u8]| {
    let host = FakeHost::default();
    let plugin = Rc::new(Plugin::<RateLimit>::new(Some(CONFIG)).unwrap());
    let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
    let mut stream = plugin.stream();
    assert!(matches!(
        stream.on_request_headers(&request, &host),
        Decision::Call(_)
    ));
    let answer = CallResponse::Grpc {
        status: 0,
        message: message.to_vec(),
    };
    match stream.on_call_response(&request, answer, &host) {
        Decision::Continue(_) => {
            let response: Headers = [(":status", "200")].into_iter().collect();
            let plan = stream.on_response_headers(&response, &host);
            assert!(plan.headers.edits().len() <= 5 + 64);
        }
        Decision::Reply(reply) => {
            for (name, value) in &reply.headers {
                assert!(http_fields::is_token(name.as_bytes()), "{name}");
                assert!(!value.contains(['\r', '\n', '\0']), "{value}");
            }
        }
        other => panic!("{other:?}"),
    }
});
