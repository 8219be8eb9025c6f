//! Any configuration is compiled or refused; what is compiled handles an exchange.
#![no_main]

use cache_headers::CacheHeaders;
use http_filter::{Headers, Held, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;

fuzz_target!(|text: &[u8]| {
    let Ok(plugin) = Plugin::<CacheHeaders>::new(Some(text)) else {
        return;
    };
    let (host, mut stream) = (FakeHost::default(), Rc::new(plugin).stream());
    let request: Headers = [
        (":method", "GET"),
        (":path", "/a/b.css?x=1"),
        (":authority", "a.b"),
        ("cookie", "a=1"),
    ]
    .into_iter()
    .collect();
    let response: Headers = [
        (":status", "200"),
        ("content-type", "text/css"),
        ("cache-control", "max-age=5"),
    ]
    .into_iter()
    .collect();
    let _ = stream.on_request_headers(&request, &host);
    let plan = stream.on_response_headers(&response, &host);
    for (_, value) in response.mutated(&plan.headers).iter() {
        assert!(
            !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)),
            "{value:?}"
        );
    }
    let _ = stream.on_response_held(Held::Whole(text), &host);
});
