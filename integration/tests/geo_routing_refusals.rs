//! geo-routing in a real Envoy with a database that is fetched: one that isn't what it should be is refused and counted, and the
//! one before it serves on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use integration::{
    Answer, Files, Regional, Upstream,
    tables::{self, CLIENT, now, placing, sha256sum},
};
use serde_json::json;
use std::{fs, thread, time::Duration};

/// Whatever the server has in its place, the one in use stays in use; and a good one after it is taken.
#[test]
fn one_that_is_not_what_it_should_be_is_refused() {
    let good = placing("DE", 10);
    let flipped = |at: usize| {
        let mut bytes = placing("AU", 20);
        let at = at % bytes.len();
        bytes[at] ^= 1;
        bytes
    };
    let nowhere = tables::of(now(), &[]);
    let elsewhere = tables::of(now(), &[("5.0.0.0", "6.255.255.255", "AU")]);
    let newer = placing("AU", 20);
    let body = |bytes: &[u8]| Answer {
        body: vec![bytes.to_vec()],
        ..Answer::default()
    };
    let mut rows = vec![
        (
            "cut short",
            body(&newer[..newer.len() - 1]),
            "database_refused_format",
        ),
        (
            "cut in the middle",
            body(&newer[..newer.len() / 2]),
            "database_refused_format",
        ),
        ("empty", body(b""), "database_refused_format"),
        (
            "an error's page",
            body(b"<html>It works!</html>"),
            "database_refused_format",
        ),
        (
            "a bit flipped in its content",
            body(&flipped(usize::MAX / 2)),
            "database_refused_format",
        ),
        (
            "a bit flipped in its checksum",
            body(&flipped(9)),
            "database_refused_format",
        ),
        (
            "a bit flipped in its date",
            body(&flipped(14)),
            "database_refused_format",
        ),
        ("of another version", body(&flipped(7)), "database_refused_format"),
        ("without a country", body(&nowhere), "database_refused_format"),
        (
            "older than the one in use",
            body(&placing("AU", 0)),
            "database_refused_older",
        ),
        (
            "from the future",
            body(&placing("AU", 10 * 86_400)),
            "database_refused_age",
        ),
        (
            "older than allowed",
            body(&tables::of(
                now() - 40 * 86_400,
                &[("6.0.0.0", "6.255.255.255", "CA")],
            )),
            "database_refused_age",
        ),
        (
            "that puts a known address elsewhere",
            body(&elsewhere),
            "database_refused_expectation",
        ),
        ("too large", body(&vec![0; 65 << 10]), "database_fetch_failed"),
        (
            "an error",
            Answer {
                status: 500,
                ..body(&newer)
            },
            "database_fetch_failed",
        ),
        (
            "not there",
            Answer {
                status: 404,
                ..body(&newer)
            },
            "database_fetch_failed",
        ),
        (
            "a redirect",
            Answer {
                status: 302,
                ..body(&newer)
            }
            .header("location", "/"),
            "database_fetch_failed",
        ),
        (
            "too slow",
            Answer {
                pause: Duration::from_millis(1_500),
                ..body(&newer)
            },
            "database_fetch_failed",
        ),
        (
            "broken off",
            body(&newer).header("content-length", (newer.len() + 5).to_string()),
            "database_fetch_failed",
        ),
    ];
    // The in-process VM is handed all of MaxMind's corrupt databases (`vm_databases.rs`).
    for (name, file) in [
        (
            "an MMDB with a cycle",
            "maxminddb-golang/cyclic-data-structure.mmdb",
        ),
        (
            "an MMDB with a map too large",
            "libmaxminddb/libmaxminddb-oversized-map.mmdb",
        ),
        (
            "an MMDB with a key that is no text",
            "maxminddb-python/bad-unicode-in-map-key.mmdb",
        ),
    ] {
        if let Some(folder) = http_filter_test::vectors("maxmind/bad-data") {
            let bytes = fs::read(folder.join(file)).unwrap();
            rows.push((name, body(&bytes), "database_refused_format"));
        }
    }
    let replace = |rows: &[(&str, Answer, &str)]| {
        let server = Upstream::start();
        server.answer_with(body(&good));
        let regional = Regional::with(Regional::fetching(
            server.address(),
            &json!({"max_size": "64KiB", "max_age": "30d", "expect": {"6.7.8.9": "CA"}}),
        ));
        regional.assert_becomes(CLIENT, "eu", "the first one");
        let unknown = regional.counter("country_unknown");
        for (name, answer, counter) in rows {
            let before = regional.counter(counter);
            server.answer_with(answer.clone());
            regional.assert_counted(counter, before + 1, name);
            assert_eq!(regional.serves(CLIENT), "eu", "{name}");
            assert_eq!(regional.counter("database_fetched"), 1, "{name}");
        }
        server.answer_with(body(&newer));
        regional.assert_becomes(CLIENT, "ap", "a good one after all");
        assert_eq!(
            regional.counter("country_unknown"),
            unknown,
            "no client was without a place"
        );
    };
    // A look a second: a server for every few of them.
    thread::scope(|scope| {
        for rows in rows.chunks(5) {
            scope.spawn(|| replace(rows));
        }
    });
}

/// A digest that doesn't fit, from the configuration or from the file beside it.
#[test]
fn a_wrong_checksum_is_refused() {
    let files = Files::default();
    let good = placing("DE", 0);
    files.put("world.table", &good);
    files.put("world.table.sha256", sha256sum(&good).as_bytes());
    let proxy = Regional::fetching(
        Files::address(),
        &json!({"sha256_path": "/files/world.table.sha256"}),
    );
    let regional = Regional::with(proxy.beside(files.listener()));
    regional.assert_becomes(CLIENT, "eu", "the first one");
    let newer = placing("AU", 1);
    files.put("world.table.sha256", sha256sum(&newer).as_bytes());
    regional.assert_counted("database_refused_checksum", 1, "the table is still the old one");
    files.put("world.table.sha256", b"<html>");
    regional.assert_counted("database_fetch_failed", 1, "no digest");
    files.remove("world.table.sha256");
    regional.assert_counted("database_fetch_failed", 2, "no file");
    assert_eq!(regional.serves(CLIENT), "eu");
    files.put("world.table", &newer);
    files.put("world.table.sha256", sha256sum(&newer).to_uppercase().as_bytes());
    regional.assert_becomes(CLIENT, "ap", "both fit again");

    let pinned = sha256sum(&good).split(' ').next().map(str::to_owned);
    let files = Files::default();
    files.put("world.table", &newer);
    let proxy = Regional::fetching(Files::address(), &json!({"sha256": pinned}));
    let regional = Regional::with(proxy.beside(files.listener()));
    regional.assert_counted(
        "database_refused_checksum",
        1,
        "another one than the configuration names",
    );
    assert_eq!(regional.serves(CLIENT), "us", "the fallback serves");
    files.put("world.table", &good);
    regional.assert_becomes(CLIENT, "eu", "the one it names");
}
