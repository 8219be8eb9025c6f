//! Which responses become dictionaries, and which are encoded with one.

use crate::exchange::{CONFIG, Seen, available, exchange, plugin, scripts};
use http_filter_test::FakeHost;

type Fields = &'static [(&'static str, &'static str)];
type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Fields, &'a str);

#[test]
fn only_where_it_is_right() {
    let (old, new) = scripts();
    let hash = available(&old);
    let hash: &'static str = hash.leak();
    let dictionary = ("available-dictionary", hash);
    let cases: &[Row] = &[
        ("known", "/app.2.js", &[dictionary], &[], "dcz"),
        ("another path", "/other.js", &[dictionary], &[], "zstd"),
        (
            "another host",
            "/app.2.js",
            &[dictionary, (":authority", "b.example")],
            &[],
            "zstd",
        ),
        (
            "the host in capitals",
            "/app.2.js",
            &[dictionary, (":authority", "EXAMPLE.com")],
            &[],
            "dcz",
        ),
        (
            "in the clear",
            "/app.2.js",
            &[dictionary, (":scheme", "http")],
            &[],
            "zstd",
        ),
        ("no dictionary", "/app.2.js", &[], &[], "zstd"),
        (
            "two dictionaries",
            "/app.2.js",
            &[dictionary, dictionary],
            &[],
            "zstd",
        ),
        (
            "an unknown one",
            "/app.2.js",
            &[(
                "available-dictionary",
                ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
            )],
            &[],
            "zstd",
        ),
        (
            "no hash",
            "/app.2.js",
            &[("available-dictionary", "x")],
            &[],
            "zstd",
        ),
        (
            "dcz not accepted",
            "/app.2.js",
            &[dictionary, ("accept-encoding", "zstd, dcb")],
            &[],
            "zstd",
        ),
        (
            "dcz refused",
            "/app.2.js",
            &[dictionary, ("accept-encoding", "zstd, dcz;q=0")],
            &[],
            "zstd",
        ),
        (
            "dcz of less weight",
            "/app.2.js",
            &[dictionary, ("accept-encoding", "zstd, dcz;q=0.5")],
            &[],
            "zstd",
        ),
        (
            "a star is no dcz",
            "/app.2.js",
            &[dictionary, ("accept-encoding", "*")],
            &[],
            "zstd",
        ),
        (
            "not readable",
            "/app.2.js",
            &[
                dictionary,
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "no-cors"),
            ],
            &[],
            "zstd",
        ),
        (
            "allowed",
            "/app.2.js",
            &[dictionary, ("sec-fetch-mode", "cors"), ("origin", "https://a")],
            &[("access-control-allow-origin", "*")],
            "dcz",
        ),
        (
            "not allowed",
            "/app.2.js",
            &[dictionary, ("sec-fetch-mode", "cors"), ("origin", "https://a")],
            &[],
            "zstd",
        ),
        (
            "no-transform",
            "/app.2.js",
            &[dictionary],
            &[("cache-control", "no-transform")],
            "-",
        ),
        (
            "encoded by the upstream",
            "/app.2.js",
            &[dictionary],
            &[("content-encoding", "gzip")],
            "gzip",
        ),
    ];
    for (name, path, request, response, expected) in cases {
        let host = FakeHost::default();
        let plugin = plugin(CONFIG);
        let _: Seen = exchange(&plugin, &host, "/app.1.js", &[], &[], &old);
        assert_eq!(host.counter("dictionary_kept"), 1);
        let seen = exchange(&plugin, &host, path, request, response, &new);
        assert_eq!(
            seen.header("content-encoding").unwrap_or("-"),
            *expected,
            "{name}"
        );
    }
}

#[test]
fn only_what_may_be_is_kept() {
    let (old, _) = scripts();
    let cases: &[(&str, &str, Fields, Fields, u64)] = &[
        ("a script", "/app.1.js", &[], &[], 1),
        ("another path", "/other.js", &[], &[], 0),
        ("without a validator", "/app.1.js", &[], &[("etag", "")], 0),
        ("an error", "/app.1.js", &[], &[(":status", "404")], 0),
        ("with a cookie", "/app.1.js", &[], &[("set-cookie", "a=1")], 0),
        (
            "private",
            "/app.1.js",
            &[],
            &[("cache-control", "private, max-age=9")],
            0,
        ),
        (
            "not to be stored",
            "/app.1.js",
            &[],
            &[("cache-control", "No-Store")],
            0,
        ),
        (
            "for one user",
            "/app.1.js",
            &[("authorization", "Bearer x")],
            &[],
            0,
        ),
        ("in the clear", "/app.1.js", &[(":scheme", "http")], &[], 0),
        (
            "not readable",
            "/app.1.js",
            &[("sec-fetch-mode", "no-cors")],
            &[],
            0,
        ),
        ("encoded", "/app.1.js", &[], &[("content-encoding", "gzip")], 0),
        (
            "longer than it is",
            "/app.1.js",
            &[],
            &[("content-length", "999999")],
            0,
        ),
        ("too large", "/app.1.js", &[], &[("content-length", "1048577")], 0),
        (
            "for a client that wants it plain",
            "/app.1.js",
            &[("accept-encoding", "identity")],
            &[],
            1,
        ),
    ];
    for (name, path, request, response, expected) in cases {
        let host = FakeHost::default();
        let plugin = plugin(CONFIG);
        let seen = exchange(&plugin, &host, path, request, response, &old);
        assert_eq!(host.counter("dictionary_kept"), *expected, "{name}");
        if seen.header("content-encoding").is_none() {
            assert!(seen.body == old, "{name}");
        }
    }
}
