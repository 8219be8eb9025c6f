//! Whatever a client sends in the places that keys are made of, it's counted or refused; and asked the same again, it's
//! counted for the same key.
#![no_main]

use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use rate_limit::RateLimit;
use std::rc::Rc;

const CONFIG: &[u8] =
    br#"{"client_ip": {"trusted_hops": 1}, "headers": {"x_ratelimit": "always"}, "policies": {"p": {
    "requests": 1, "per": "1h", "slots": 16, "cost": {"header": "x-cost", "max": 1, "min": 0, "default": 1},
    "exempt": {"client_ip": "10.0.0.0/8"},
    "key": ["client_ip", "method", "host", "path", {"header": "x-key"}, {"cookie": "c"}, {"query": "q"},
            {"path": ["/users/{id}", "/o/*"]}, {"claim": "a.b"}, {"geo": "country"},
            {"first": [{"claim": "sub"}, {"header": "x-other"}]}]}}}"#;

const NAMES: [&str; 10] = [
    ":path",
    ":authority",
    ":method",
    "x-key",
    "x-other",
    "cookie",
    "x-forwarded-for",
    "x-cost",
    "claims",
    "geo",
];

fuzz_target!(|data: &[u8]| {
    let host = FakeHost::default();
    host.set_property("source.address", "192.0.2.1:1");
    let mut fields = Vec::new();
    for line in data.split(|byte| *byte == b'\n').take(32) {
        let Some((which, value)) = line.split_first() else {
            continue;
        };
        match NAMES.get(usize::from(*which) % NAMES.len()) {
            Some(&"claims") => host.set_property(http_filter::property::CLAIMS, value),
            Some(&"geo") => host.set_property(http_filter::property::GEO, value),
            Some(name) => fields.push(((*name).to_owned(), value.to_vec())),
            None => {}
        }
    }
    let plugin = Rc::new(Plugin::<RateLimit>::new(Some(CONFIG)).unwrap());
    let request = Headers::new(fields);
    let first = plugin.stream().on_request_headers(&request, &host);
    let again = plugin.stream().on_request_headers(&request, &host);
    if host.counter("policy.p.admitted") == 1 {
        assert!(matches!(first, Decision::Continue(_)));
        assert!(
            matches!(&again, Decision::Reply(reply) if reply.status == 429),
            "{again:?}"
        );
    }
});
