//! What a guard closed no cache keeps, whatever the origin says and in which fields.
#![no_main]

use cache_headers::CacheHeaders;
use http_filter::{Headers, Plugin};
use http_filter_test::{FakeHost, caches::who_keeps};
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;

const CONFIGS: [&str; 6] = [
    "{}",
    r#"{"rules": {"browser": {"public": true, "max_age": "1h"}, "cdn": {"max_age": "1d"}, "surrogate": {"max_age": "1d"}}}"#,
    r#"{"rules": {"mode": "default", "browser": {"max_age": "1h"}, "cdn": {"max_age": "1d"}}}"#,
    r#"{"rules": {"mode": "append", "browser": {"public": true, "max_age": "1h"}, "cdn": {"max_age": "1d"}}}"#,
    r#"{"rules": {"mode": "cap", "browser": {"min_ttl": "1m", "max_ttl": "1h"}, "surrogate": {"max_ttl": "1h"}}}"#,
    r#"{"rules": {"mode": "remove", "browser": {"mode": "remove"}, "cdn": {"mode": "remove"}, "surrogate": {"mode": "remove"}}}"#,
];
const NAMES: [&str; 12] = [
    "cache-control",
    "cache-control",
    "cdn-cache-control",
    "akamai-cache-control",
    "surrogate-control",
    "edge-control",
    "x-accel-expires",
    "cf-edge-cache",
    "expires",
    "pragma",
    "vary",
    "content-type",
];

thread_local! {
    static PLUGINS: Vec<Rc<Plugin<CacheHeaders>>> = CONFIGS
        .iter()
        .map(|config| Rc::new(Plugin::new(Some(config.as_bytes())).unwrap()))
        .collect();
}

fuzz_target!(|input: &[u8]| {
    let [config, own, lines @ ..] = input else { return };
    let plugin = PLUGINS.with(|plugins| Rc::clone(&plugins[usize::from(*config) % plugins.len()]));
    let (host, mut stream) = (FakeHost::default(), plugin.stream());
    let mut request: Vec<(&str, &[u8])> = vec![(":method", b"GET"), (":path", b"/account")];
    let mut response: Vec<(&str, Vec<u8>)> = vec![(":status", b"200".to_vec())];
    match own % 5 {
        0 => request.push(("authorization", b"x")),
        1 => response.push(("set-cookie", b"a=1".to_vec())),
        2 => request.push(("cookie", b"PHPSESSID=1")),
        3 => host.set_property("edge_filters.claims", "{}"),
        _ => response.push(("vary", b"*".to_vec())),
    }
    for line in lines.split(|byte| *byte == b'\n').take(12) {
        if let Some((name, value)) = line.split_first() {
            let value = value.iter().copied().filter(|byte| !matches!(byte, b'\r' | 0)).collect();
            response.push((NAMES[usize::from(*name) % NAMES.len()], value));
        }
    }
    let request: Headers = request.into_iter().collect();
    let before: Headers = response.into_iter().collect();
    let _ = stream.on_request_headers(&request, &host);
    let after = before.mutated(&stream.on_response_headers(&before, &host).headers);
    let media_type = http_fields::media_type(before.first("content-type").unwrap_or_default());
    // By a session's cookie a response is somebody's own unless it is an image at an image's path, say; here it is at none.
    if !media_type.is_empty() || own % 5 != 2 {
        assert_eq!(who_keeps(&after), None, "{}\n{before:?}\n{after:?}", CONFIGS[usize::from(*config) % 6]);
    }
});
