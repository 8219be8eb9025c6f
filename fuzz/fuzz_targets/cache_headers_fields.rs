//! Every parser of caching fields takes any bytes; what is written reads back the same.
#![no_main]

use cache_headers::{CacheStatus, conditional::not_modified, validators::weak_etag};
use http_fields::{
    CacheControl, Closure, EntityTag, Vary, delta_seconds, http_date, targeted_cache_control,
};
use http_filter::Headers;
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_800_000_000;

fuzz_target!(|line: &[u8]| {
    let mut field = CacheControl::parse([line]);
    let written = field.to_bytes();
    assert_eq!(CacheControl::parse([written.as_slice()]), field);
    assert_eq!(
        CacheControl::parse([written.as_slice()]).directives(),
        field.directives()
    );
    for closure in [Closure::Private, Closure::NoStore] {
        let closed = field.closed(closure).unwrap_or(written.clone());
        assert_eq!(CacheControl::parse([closed.as_slice()]).closed(closure), None);
    }
    let _ = CacheControl::parse_surrogate([line]).directives();
    field.drop_malformed();
    let closed = [field.to_bytes().as_slice(), b", no-store"].concat();
    assert!(CacheControl::parse([closed.as_slice()]).directives().no_store);

    let _ = delta_seconds(line);
    if let Some(date) = http_date::parse(line, NOW) {
        assert_eq!(http_date::parse(&http_date::format(date), NOW), Some(date));
    }
    for tag in EntityTag::all_in(line) {
        assert_eq!(EntityTag::parse(&tag.to_bytes()), Some(tag));
    }
    let _ = CacheStatus::nearest(line);
    let response: Headers = [
        "vary",
        "cdn-cache-control",
        "last-modified",
        "content-length",
        "content-encoding",
        "etag",
    ]
    .into_iter()
    .map(|name| (name, line))
    .collect();
    let vary = Vary::parse([line]).to_bytes();
    assert_eq!(Vary::parse([vary.as_slice()]).to_bytes(), vary);
    let _ = targeted_cache_control(line);
    if let Some(tag) = weak_etag(&response, NOW) {
        assert!(EntityTag::parse(&tag).is_some_and(|tag| tag.weak));
    }
    let _ = not_modified(&response, true);
});
