//! Behaviour as data, replayed against the library.

#[test]
fn cases() {
    http_filter_test::run_cases::<rate_limit::RateLimit>(concat!(env!("CARGO_MANIFEST_DIR"), "/cases"));
}
