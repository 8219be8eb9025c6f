//! The behaviour of the filter, as data.

#[test]
fn cases() {
    http_filter_test::run_cases::<compression_negotiation::CompressionNegotiation>(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/cases"
    ));
}

#[cfg(feature = "all-codings")]
#[test]
fn cases_of_all_codings() {
    http_filter_test::run_cases::<compression_negotiation::CompressionNegotiation>(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/cases/all-codings"
    ));
}
