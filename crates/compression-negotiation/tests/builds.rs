//! What each of the two builds takes: a coding that it can't encode is refused, not ignored.
#![allow(clippy::panic, reason = "tests")]

use compression_negotiation::{Coding, CompressionNegotiation, ENCODABLE};
use http_filter::Plugin;

const IS_FULL: bool = cfg!(feature = "all-codings");

#[test]
fn configurations_are_taken_by_the_build_that_can() {
    for (name, config, in_default, refusal) in [
        ("gzip", r#"{"encode": {"gzip": {"level": 1}}}"#, true, ""),
        (
            "zstd",
            r#"{"encode": {"zstd": {"level": 3}}}"#,
            false,
            "encode.zstd: found a coding that this build of the filter can't encode",
        ),
        (
            "brotli",
            r#"{"encode": {"br": {"level": 4}}}"#,
            false,
            "encode.br: found a coding that this build",
        ),
        (
            "a type's preference",
            r#"{"encode": {"types": [{"content_types": "text/*", "prefer": ["br", "gzip"]}]}}"#,
            false,
            "encode.types[0].prefer: found br",
        ),
        (
            "dictionaries",
            r#"{"encode": true, "dictionaries": {"resources": {"path": "/a", "for": "/a"}}}"#,
            false,
            "dictionaries: found settings, expected none",
        ),
        (
            "negotiating all",
            r#"{"prefer": ["zstd", "br", "gzip"], "encode": true}"#,
            true,
            "",
        ),
    ] {
        match Plugin::<CompressionNegotiation>::new(Some(config.as_bytes())) {
            Ok(_) => assert!(in_default || IS_FULL, "{name} was taken"),
            Err(error) => {
                assert!(!in_default && !IS_FULL, "{name}: {error}");
                assert!(error.to_string().starts_with(refusal), "{name}: {error}");
            }
        }
    }
}

#[test]
fn gzip_is_in_every_build() {
    assert!(ENCODABLE.contains(&Coding::Gzip));
    assert_eq!(ENCODABLE.len() == 3, IS_FULL);
}
