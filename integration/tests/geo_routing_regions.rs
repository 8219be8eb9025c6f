//! geo-routing in a real Envoy: clients reach their region's upstream, are redirected or refused.
#![allow(clippy::unwrap_used, reason = "tests")]

use base64::{Engine, prelude::BASE64_STANDARD};
use edge_demo::{http::Request, tool};
use integration::{Regional, tables};
use serde_json::{Value, json};
use std::{fs, process::Command};

const EU: &str = "5.6.7.8";
const US: &str = "6.7.8.9";
const AP: &str = "2a01::7";
const EMBARGOED: &str = "175.45.176.1";
const UNKNOWN: &str = "9.9.9.9";

fn database() -> Value {
    let table = tables::of(
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
