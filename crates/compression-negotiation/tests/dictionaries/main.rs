//! A dictionary's way (RFC 9842): served once, kept by both sides, and the next response encoded with it, decoded by the
//! C library.
#![cfg(feature = "all-codings")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests; the figures are to be seen"
)]

mod exchange;
mod rules;

use compression_negotiation::CompressionNegotiation;
use exchange::{CONFIG, available, exchange, plugin, scripts};
use http_filter::Plugin;
use http_filter_test::FakeHost;
use sha2::{Digest, Sha256};
use std::io::Read;

#[test]
fn an_edit_costs_what_was_edited() {
    let (old, new) = scripts();
    let host = FakeHost::default();
    let plugin = plugin(CONFIG);
    let first = exchange(&plugin, &host, "/app.1.js", &[], &[], &old);
    assert_eq!(
        first.asked.as_deref(),
        Some("identity"),
        "a dictionary is made of plain bytes"
    );
    assert_eq!(
        first.header("use-as-dictionary"),
        Some(r#"match="/app.*.js", match-dest=("script"), id="app""#)
    );
    assert_eq!(first.header("content-encoding"), Some("zstd"));
    assert_eq!(
        first.header("vary"),
        Some("Accept-Encoding, Available-Dictionary")
    );
    assert_eq!(zstd::decode_all(first.body.as_slice()).unwrap(), old);

    let hash = available(&old);
    let second = exchange(
        &plugin,
        &host,
        "/app.2.js",
        &[("available-dictionary", &hash)],
        &[("etag", "\"y\"")],
        &new,
    );
    assert_eq!(second.header("content-encoding"), Some("dcz"));
    assert_eq!(second.header("etag"), Some("W/\"y\""));
    assert_eq!(
        second.header("vary"),
        Some("Accept-Encoding, Available-Dictionary")
    );
    // RFC 9842 §5: a skippable frame with the hash, then the stream.
    assert_eq!(second.body[..8], [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0]);
    assert_eq!(second.body[8..40], *Sha256::digest(&old));
    let mut plain = Vec::new();
    zstd::Decoder::with_dictionary(second.body.as_slice(), &old)
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    assert!(plain == new);
    println!(
        "{} bytes of script: {} by zstd, {} by dcz",
        new.len(),
        first.body.len(),
        second.body.len()
    );
    assert!(
        second.body.len() * 20 < first.body.len(),
        "{} of {}",
        second.body.len(),
        first.body.len()
    );
}

#[test]
fn a_dictionary_is_read_once_and_shared() {
    let (old, new) = scripts();
    let host = FakeHost::default();
    let one = plugin(CONFIG);
    for _ in 0..3 {
        let seen = exchange(&one, &host, "/app.1.js", &[], &[], &old);
        assert!(seen.header("use-as-dictionary").is_some());
    }
    assert_eq!(host.counter("dictionary_kept"), 1);
    // Another worker: another VM, the same shared data.
    let other = plugin(CONFIG);
    let seen = exchange(
        &other,
        &host,
        "/app.2.js",
        &[("available-dictionary", &available(&old))],
        &[],
        &new,
    );
    assert_eq!(seen.header("content-encoding"), Some("dcz"));
    let mut plain = Vec::new();
    zstd::Decoder::with_dictionary(seen.body.as_slice(), &old)
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    assert!(plain == new);
}

#[test]
fn mistakes_are_refused() {
    for (resources, expected) in [
        (
            r#"{"resources": []}"#,
            "dictionaries.resources: found an empty list",
        ),
        (
            r#"{"resources": {"path": "/a"}}"#,
            "dictionaries.resources.for: found nothing",
        ),
        (
            r#"{"resources": {"path": "/a", "for": "*.js"}}"#,
            "dictionaries.resources[0].for: found *.js",
        ),
        (
            r#"{"resources": {"path": "/a", "for": "/u/{id}"}}"#,
            "dictionaries.resources[0].for: found /u/{id}",
        ),
        (
            r#"{"resources": {"path": "/a", "for": "/a", "id": "\""}}"#,
            "dictionaries.resources[0].id: found",
        ),
        (
            r#"{"resources": {"path": "/a", "for": "/a", "destinations": ["Script"]}}"#,
            "dictionaries.resources[0].destinations[0]: found Script",
        ),
        (
            r#"{"resources": {"path": "/a", "for": "/a"}, "max_size": "9MiB"}"#,
            "dictionaries.max_size: found 9437184",
        ),
        (
            r#"{"resources": {"path": "/a", "for": "/a"}, "memory": "1KiB"}"#,
            "dictionaries.memory: found 1024",
        ),
    ] {
        let config = format!(r#"{{"encode": true, "dictionaries": {resources}}}"#);
        let error = Plugin::<CompressionNegotiation>::new(Some(config.as_bytes()))
            .err()
            .unwrap()
            .to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let without = r#"{"dictionaries": {"resources": {"path": "/a", "for": "/a"}}}"#;
    let error = Plugin::<CompressionNegotiation>::new(Some(without.as_bytes()))
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.starts_with("dictionaries: found dictionaries without an encoder"),
        "{error}"
    );
}
