//! Any text is a configuration of rate-limit, or refused with a message; and one that's accepted handles a request.
#![no_main]

use http_filter::{Headers, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use rate_limit::RateLimit;
use std::rc::Rc;

fuzz_target!(|text: &[u8]| {
    match Plugin::<RateLimit>::new(Some(text)) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(plugin) => {
            let host = FakeHost::default();
            let request: Headers = [(":method", "GET"), (":path", "/a?b=c")].into_iter().collect();
            let plugin = Rc::new(plugin);
            for _ in 0..3 {
                let _ = plugin.stream().on_request_headers(&request, &host);
            }
        }
    }
});
