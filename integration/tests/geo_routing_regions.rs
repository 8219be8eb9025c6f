//! geo-routing in a real Envoy: clients reach their region's upstream, are redirected or refused; nobody can pretend to be
//! elsewhere, except testers.
#![allow(clippy::unwrap_used, reason = "tests")]

use base64::{Engine, prelude::BASE64_STANDARD};
use edge_demo::{
    http::{Request, Response},
    tool,
};
use integration::{Proxy, Regional};
use serde_json::{Value, json};
use std::{fs, process::Command};

const EU: &str = "5.6.7.8";
const US: &str = "6.7.8.9";
const AP: &str = "2a01::7";
const EMBARGOED: &str = "175.45.176.1";
const UNKNOWN: &str = "9.9.9.9";

fn database() -> Value {
    let table = Regional::table(
        1_750_000_000,
        &[
            ("5.0.0.0", "5.255.255.255", "DE"),
            ("6.0.0.0", "6.255.255.255", "CA"),
            ("2a01::", "2a01:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "AU"),
            ("175.45.176.0", "175.45.179.255", "KP"),
        ],
    );
    json!({"database": {"inline": BASE64_STANDARD.encode(table)}})
}

#[test]
fn clients_reach_the_upstream_of_their_region() {
    let regional = Regional::start(&json!({
        "client": database(),
        "rules": [
            {"match": {"path": "/outside"}, "pass": true},
            {"match": {"path": "/shop"}, "when": {"country": "DE"}, "redirect": "https://{country}.example.com{path}{query}"},
            {"when": {"country": "KP"}, "block": 451},
            {"when": {"eu": true}, "route": "eu"},
            {"route": "nearest"},
        ],
    }));
    let (forged_cluster, forged_region) = (("x-cluster", "edge-ap"), ("x-geo-country", "AU"));
    for (name, address, expected) in [
        ("a country of the union", EU, "eu"),
        ("nearest", US, "us"),
        ("nearest, over IPv6", AP, "ap"),
        ("unknown", UNKNOWN, "us"),
        ("refused", EMBARGOED, "451"),
    ] {
        assert_eq!(regional.serves(address), expected, "{name}");
        // The route that the client's own header would have led to is not taken.
        let forged = [forged_cluster, forged_region]
            .iter()
            .fold(Regional::request_from(address), |request, (name, value)| {
                request.header(name, value)
            });
        let (response, upstream) = regional.exchange(&forged);
        if let Some(upstream) = upstream {
            assert_eq!(response.text(), expected, "{name}, forged");
            let country = upstream.first("x-geo-country").map(<[u8]>::to_vec);
            assert_eq!(country.as_deref() == Some(b"AU"), address == AP, "{name}, forged");
        } else {
            assert_eq!(response.status.to_string(), expected, "{name}, forged");
        }
    }
    let to = |path: &str| Request::get(path).header("x-forwarded-for", EU);
    let (response, _) = regional.exchange(&to("/outside").header("x-cluster", "edge-ap"));
    assert_eq!(
        response.text(),
        "unrouted",
        "a route by a forged header is left again"
    );
    let (response, upstream) = regional.exchange(&to("/shop?a=b"));
    assert_eq!((response.status, upstream), (302, None));
    assert_eq!(
        response.header("location").unwrap(),
        "https://de.example.com/shop?a=b"
    );
    let (response, _) = regional.exchange(&Regional::request_from(EMBARGOED));
    assert_eq!(
        response.header("content-type").unwrap(),
        "application/problem+json"
    );
    let kind = response
        .json()
        .pointer("/type")
        .and_then(Value::as_str)
        .map(str::to_owned);
    assert!(kind.is_some_and(|kind| kind.ends_with("country_blocked")));
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

/// Envoy makes texts of a YAML file's numbers with decimals: a file with them is accepted, and one with a wrong point is not.
#[test]
fn coordinates_in_a_yaml_file_may_have_decimals() {
    let yaml = fs::read_to_string(tool::root().join("envoy/geo-routing.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, point, accepted) in [
        ("decimals", "[50.1, 8.7]", true),
        ("negative", "[-33.9, -70.65]", true),
        ("nowhere", "[91.5, 8.7]", false),
        ("words", "[fifty, 8.7]", false),
    ] {
        let changed = yaml.replace("at: [50, 9]", &format!("at: {point}, weight: 1.5"));
        assert_ne!(changed, yaml, "the file has no such point");
        let file = folder.path().join("envoy.yaml");
        fs::write(&file, changed).unwrap();
        let output = Command::new(tool::from_script("envoy").unwrap())
            .current_dir(tool::root())
            .args(["--mode", "validate", "--log-level", "error", "--config-path"])
            .arg(&file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), accepted, "{name}: {said}");
        assert!(accepted || said.contains("regions.eu.at"), "{name}: {said}");
    }
}
