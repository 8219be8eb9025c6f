//! Behaviour as data, replayed on a fake host.

#[test]
fn cases() {
    http_filter_test::run_cases::<cache_headers::CacheHeaders>(concat!(env!("CARGO_MANIFEST_DIR"), "/cases"));
}
