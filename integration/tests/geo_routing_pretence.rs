//! geo-routing in a real Envoy: nobody can pretend to be elsewhere, except testers.
#![allow(clippy::unwrap_used, reason = "tests")]

use base64::{Engine, prelude::BASE64_STANDARD};
use edge_demo::http::Response;
use integration::{Proxy, Regional, tables};
use serde_json::{Value, json};

const EU: &str = "5.6.7.8";
const US: &str = "6.7.8.9";
const AP: &str = "2a01::7";

fn database() -> Value {
    let table = tables::of(
        1_750_000_000,
        &[
            ("5.0.0.0", "5.255.255.255", "DE"),
            ("6.0.0.0", "6.255.255.255", "CA"),
            ("2a01::", "2a01:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "AU"),
        ],
    );
    json!({"database": {"inline": BASE64_STANDARD.encode(table)}})
}

const SECRET: &str = "between the two of us";

#[test]
fn a_spoofed_header_never_wins() {
    let sources = |trust: Value| {
        Regional::configuration(&json!({"client": [{"preset": "cloudflare", "trust": trust}, database()]}))
    };
    let secret = json!({"secret": {"header": "x-front", "value": SECRET}});
    let start = |trust, hops| {
        Regional::with(
            Proxy::default()
                .filter("geo-routing", &sources(trust))
                .trusted_hops(hops),
        )
    };
    let by_secret = start(secret, 1);
    let by_peer = start(json!({"peers": "127.0.0.0/8"}), 0);
    let by_another_peer = start(json!({"peers": ["10.0.0.0/8", "::1"]}), 0);
    let says = |country: &str| Regional::request_from(EU).header("cf-ipcountry", country);
    for (name, regional, request, expected) in [
        (
            "with the secret it's believed",
            &by_secret,
            says("AU").header("x-front", SECRET),
            "ap",
        ),
        ("without it", &by_secret, says("AU"), "eu"),
        (
            "with a wrong one",
            &by_secret,
            says("AU").header("x-front", "between the three of us"),
            "eu",
        ),
        (
            "with an empty one",
            &by_secret,
            says("AU").header("x-front", ""),
            "eu",
        ),
        (
            "with it and a wrong one",
            &by_secret,
            says("AU").header("x-front", "guess").header("x-front", SECRET),
            "eu",
        ),
        (
            "with it, twice",
            &by_secret,
            says("AU").header("cf-ipcountry", "CA").header("x-front", SECRET),
            "eu",
        ),
        (
            "with it, joined",
            &by_secret,
            says("AU, CA").header("x-front", SECRET),
            "eu",
        ),
        (
            "no country",
            &by_secret,
            says("T1").header("x-front", SECRET),
            "eu",
        ),
        (
            "no text",
            &by_secret,
            says("")
                .header("cf-ipcountry", b"\xff\xfe")
                .header("x-front", SECRET),
            "eu",
        ),
        ("from a trusted peer", &by_peer, says("AU"), "ap"),
        // The database doesn't know the peer, so that the fallback serves.
        ("from another peer", &by_another_peer, says("AU"), "us"),
        (
            "from one that says it was another",
            &by_another_peer,
            says("AU").header("x-forwarded-for", "10.1.1.1"),
            "us",
        ),
        (
            "from one that forwards",
            &by_another_peer,
            says("AU").header("forwarded", "for=10.1.1.1"),
            "us",
        ),
    ] {
        let before = regional.counter("header_untrusted");
        let (response, upstream) = regional.exchange(&request);
        assert_eq!(response.text(), expected, "{name}");
        let upstream = upstream.unwrap();
        assert_eq!(
            upstream.first("x-front"),
            None,
            "{name}: the secret goes no further"
        );
        if regional.counter("header_untrusted") > before {
            assert_eq!(
                upstream.first("cf-ipcountry"),
                None,
                "{name}: what isn't believed goes no further"
            );
        }
    }
    for (name, regional, expected) in [
        ("secret", &by_secret, 4),
        ("trusted peer", &by_peer, 0),
        ("another peer", &by_another_peer, 3),
    ] {
        assert_eq!(regional.counter("header_untrusted"), expected, "{name}");
    }
}

#[test]
fn testers_are_where_they_say_and_caches_keep_out_of_it() {
    let trust = json!({"secret": {"header": "x-tester", "value": SECRET}});
    let regional = Regional::start(&json!({
        "client": [{"header": "x-country", "trust": "anyone"}, database()],
        "rules": [{"when": {"country": "KP"}, "block": 403}, {"route": "nearest"}],
        "tester": {"header": "x-geo-as", "trust": trust},
        "debug": {"header": "x-geo-debug", "trust": trust},
    }));
    regional.answer_with(&[("cache-control", "public, max-age=60")]);
    let tester = |wish: &str| {
        Regional::request_from(EU)
            .header("x-tester", SECRET)
            .header("x-geo-as", wish)
    };
    let stranger = |wish: &str| {
        Regional::request_from(EU)
            .header("x-tester", "guessed")
            .header("x-geo-as", wish)
    };
    let from = |country: &str| Regional::request_from(EU).header("x-country", country);
    let private = Some("private, max-age=60");
    for (name, request, served, caches) in [
        ("a country", tester("AU"), "ap", private),
        ("a subdivision", tester("US-CA"), "us", private),
        ("an address", tester(AP), "ap", private),
        ("a region", tester("region:us"), "us", private),
        ("a blocked country", tester("KP"), "403", Some("no-store")),
        ("nonsense", tester("nowhere"), "eu", private),
        ("a wish of a stranger", stranger("AU"), "eu", private),
        (
            "a wish twice",
            tester("AU").header("x-geo-as", "US"),
            "eu",
            private,
        ),
        (
            "a wish without a word",
            Regional::request_from(EU).header("x-geo-as", "AU"),
            "eu",
            private,
        ),
        ("none, by address", Regional::request_from(US), "us", private),
        ("none, by header", from("AU"), "ap", Some("public, max-age=60")),
    ] {
        let (response, upstream) = regional.exchange(&request);
        assert_eq!(who(&response), served, "{name}");
        assert_eq!(response.header("cache-control").as_deref(), caches, "{name}");
        let by_header = name.ends_with("by header");
        assert_eq!(
            response.header("vary").as_deref(),
            by_header.then_some("x-country"),
            "{name}"
        );
        let explained = response.header("x-geo-debug");
        let may_know = request
            .headers
            .iter()
            .any(|(_, value)| value == SECRET.as_bytes());
        assert_eq!(explained.is_some(), may_know, "{name}: {explained:?}");
        for header in ["x-tester", "x-geo-as"] {
            assert_eq!(
                upstream.as_ref().and_then(|upstream| upstream.first(header)),
                None,
                "{name}"
            );
        }
    }
    assert_eq!(
        (
            regional.counter("source_tester"),
            regional.counter("tester_refused")
        ),
        (3, 4)
    );
}

fn who(response: &Response) -> String {
    if response.status == 200 {
        response.text()
    } else {
        response.status.to_string()
    }
}
