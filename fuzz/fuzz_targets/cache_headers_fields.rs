//! Every parser of caching fields takes any bytes; what is written reads back the same.
#![no_main]

use cache_headers::{
    CacheControl, CacheStatus, Candidate, EntityTag, Vary, candidates, conditional::not_modified,
    delta_seconds, http_date, targeted, validators::weak_etag,
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
    field.drop_unclosed();
    let closed = [field.to_bytes().as_slice(), b", no-store"].concat();
    assert!(CacheControl::parse([closed.as_slice()]).directives().no_store);

    let _ = delta_seconds(line);
    if let Some(date) = http_date::parse(line, NOW) {
        assert_eq!(http_date::parse(&http_date::format(date), NOW), Some(date));
    }
    for candidate in candidates(line) {
        if let Candidate::Tag(tag) = candidate {
            let quoted = [if tag.weak { &b"W/\""[..] } else { b"\"" }, tag.opaque, b"\""].concat();
            assert_eq!(EntityTag::parse(&quoted), Some(tag));
        }
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
    let vary = Vary::of(&response).to_bytes();
    let again: Headers = [("vary", vary.as_slice())].into_iter().collect();
    assert_eq!(Vary::of(&again).to_bytes(), vary);
    let _ = targeted(&response, "cdn-cache-control");
    if let Some(tag) = weak_etag(&response, NOW) {
        assert!(EntityTag::parse(&tag).is_some_and(|tag| tag.weak));
    }
    let _ = not_modified(&response);
});
