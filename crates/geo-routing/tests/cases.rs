//! Behaviour as data, replayed against the library.

#[test]
fn cases() {
    http_filter_test::run_cases::<geo_routing::GeoRouting>(concat!(env!("CARGO_MANIFEST_DIR"), "/cases"));
}
