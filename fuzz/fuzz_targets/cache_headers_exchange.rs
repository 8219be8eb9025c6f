//! Whatever request and response come: nothing that sets cookies is opened, no line is broken, a 304 has no body.
#![no_main]

use cache_headers::{Cache, CacheHeaders, Freshness};
use http_filter::{BodyPlan, Headers, Held, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use std::{rc::Rc, time::Duration};

const CONFIG: &[u8] = br#"{
    "evaluate": "all", "guard_origin": true, "debug": {"header": "x-cache-policy"},
    "rules": [
        {"match": {"path": "/append*"}, "mode": "append", "browser": {"max_age": "1h"}, "cdn": {"max_age": "1h"}},
        {"match": {"path": "/cap*"}, "mode": "cap", "browser": {"max_ttl": "1h"}, "cdn": {"min_ttl": "1h"}},
        {"match": {"content_type": "text/*"}, "etag": "weak", "vary": "origin", "tags": ["{path}", "{query.x}"]},
        {"browser": {"max_age": "1h", "public": true}, "cdn": {"max_age": "1d"}, "etag": "strong", "digest": "repr"}
    ],
    "requests": [{"ignore_cache_control": true, "query": {"sort": true}, "cookies": {"keep": "a*"}, "languages": ["en", "de"]}]
}"#;
const NAMES: [&str; 22] = [
    ":path",
    "cookie",
    "accept-language",
    "cache-control",
    "if-none-match",
    "if-modified-since",
    "range",
    "pragma",
    ":status",
    "cache-control",
    "cdn-cache-control",
    "surrogate-control",
    "expires",
    "date",
    "age",
    "vary",
    "etag",
    "last-modified",
    "content-type",
    "content-length",
    "cache-status",
    "set-cookie",
];

/// Lines of the input: a byte for the name, then the value.
fn headers(lines: &[u8], pseudo: &[(&str, &str)], from: usize, to: usize) -> Headers {
    let mut fields: Vec<(String, Vec<u8>)> = pseudo
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
    for line in lines.split(|byte| *byte == b'\n').take(40) {
        if let Some((name, value)) = line.split_first()
            && (from..to).contains(&usize::from(*name % 22))
        {
            let value = value
                .iter()
                .copied()
                .filter(|byte| !matches!(byte, b'\r' | 0))
                .collect();
            fields.insert(0, (NAMES[usize::from(*name % 22)].to_owned(), value));
        }
    }
    Headers::new(fields)
}

fuzz_target!(|input: &[u8]| {
    let plugin = Rc::new(Plugin::<CacheHeaders>::new(Some(CONFIG)).unwrap());
    let (host, mut stream) = (FakeHost::default(), plugin.stream());
    let request = headers(input, &[(":method", "GET"), (":path", "/append")], 0, 8);
    let response = headers(input, &[(":status", "200")], 8, 22);
    let _ = stream.on_request_headers(&request, &host);
    let plan = stream.on_response_headers(&response, &host);
    let mut after = response.mutated(&plan.headers);
    if let BodyPlan::Hold { .. } = plan.body {
        after = after.mutated(&stream.on_response_held(Held::Whole(input), &host).headers);
    }
    for (name, value) in after.iter() {
        assert!(
            !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)),
            "{name}: {value:?}"
        );
    }
    let plain: Headers = [(":method", "GET")].into_iter().collect();
    let guarded = response.contains("set-cookie") && after.status().is_some_and(|status| status >= 200);
    if guarded {
        for cache in [Cache::Shared, Cache::Targeted(&["cdn-cache-control"])] {
            let found = Freshness::of(&plain, &after, cache, Duration::from_secs(1_800_000_000));
            assert!(
                !found.storable || !found.reusable || found.lifetime == 0,
                "{cache:?} {found:?}\n{after:?}"
            );
        }
    }
});
