//! Whatever a provider answers: keys are prepared or left out, and none of them verifies what nobody signed.
#![no_main]

use http_filter_test::FakeHost;
use jwt_auth::{Compact, KeySet};
use libfuzzer_sys::fuzz_target;

/// An unsigned token for each family of algorithms; an empty secret or an exponent of 1 would verify some of them.
const TOKENS: [&str; 5] = [
    "eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "eyJhbGciOiJFUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "eyJhbGciOiJFZERTQSJ9.e30.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "eyJhbGciOiJSUzI1NiJ9.e30.AAEC",
    "eyJhbGciOiJQUzI1NiJ9.e30.AAEC",
];

fuzz_target!(|input: &[u8]| {
    let Ok(keys) = KeySet::parse(input) else { return };
    let host = FakeHost::default();
    for token in TOKENS {
        let token = Compact::parse(token.as_bytes()).unwrap();
        assert!(keys.verify(&token, &host).is_err(), "a token of nobody verifies");
    }
});
