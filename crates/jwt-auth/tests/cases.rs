//! Behaviour as data, replayed natively.

#[test]
fn cases() {
    http_filter_test::run_cases::<jwt_auth::JwtAuth>(concat!(env!("CARGO_MANIFEST_DIR"), "/cases"));
}
