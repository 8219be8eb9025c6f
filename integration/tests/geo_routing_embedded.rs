//! From public data to a loaded filter: geo-routing-embedded.wasm, which has tor's geoip files in it, answers in a real
//! Envoy as these files do.
#![allow(clippy::unwrap_used, reason = "tests")]

use geo_database::Country;
use integration::{Proxy, Regional, module};
use serde_json::json;
use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    process::Command,
};

/// Addresses of networks all over the files, and the countries of these networks.
fn said(folder: &str) -> Vec<(IpAddr, Option<Country>)> {
    let mut said = Vec::new();
    for (name, step) in [("geoip", 3_001), ("geoip6", 3_001)] {
        let text = fs::read_to_string(Path::new(folder).join(name)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for line in lines.step_by(step) {
            let mut columns = line.split(',');
            let (first, last) = (columns.next().unwrap(), columns.next().unwrap());
            let address = |text: &str| -> IpAddr {
                let number = text.parse().map(|number: u32| Ipv4Addr::from(number).into());
                number.unwrap_or_else(|_| text.parse().unwrap())
            };
            let country = Country::parse(columns.next().unwrap().as_bytes());
            let ends = [address(first), address(last)];
            // IPv6 is held to the /64.
            let finer = |address: IpAddr| matches!(address, IpAddr::V6(v6) if !matches!(v6.to_bits() as u64, 0 | u64::MAX));
            if !ends.iter().any(|end| finer(*end)) {
                said.extend(ends.map(|end| (end, country)));
            }
        }
    }
    said
}

#[test]
fn the_embedded_world_answers_as_its_source() {
    if !module::has_embedded() {
        return;
    }
    let script = module::workspace().join("crates/geo-table/world.sh");
    let output = Command::new("bash")
        .arg(script)
        .arg("--sources")
        .output()
        .unwrap();
    let folder = String::from_utf8(output.stdout).unwrap();
    let said = said(folder.trim());
    assert!(said.len() > 300, "{}", said.len());
    // The database needs no word: it's there.
    let configuration = Regional::configuration(&json!({"headers": {"x-geo-country": "country"}}));
    let regional = Regional::with(Proxy::default().wasm(
        "geo-routing",
        &module::shipped("geo-routing-embedded"),
        &configuration,
        json!({}),
    ));
    let country = |address: &str| {
        let (response, upstream) = regional.exchange(&Regional::request_from(address));
        assert_eq!(response.status, 200, "{address}");
        let country = upstream.unwrap().first("x-geo-country").map(<[u8]>::to_vec);
        country.map(|code| String::from_utf8(code).unwrap())
    };
    let mut wrong = Vec::new();
    for (address, expected) in &said {
        let found = country(&address.to_string());
        if found.as_deref() != expected.map(Country::code) {
            wrong.push((address, *expected, found));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ: {wrong:?}",
        wrong.len(),
        said.len()
    );
    for (address, expected) in [
        ("8.8.8.8", Some("US")),
        ("2001:4860:4860::8888", Some("US")),
        ("::ffff:8.8.8.8", Some("US")),
        ("10.0.0.1", None),
        ("fd00::1", None),
    ] {
        assert_eq!(country(address).as_deref(), expected, "{address}");
    }
    assert_eq!(regional.serves("8.8.8.8"), "us");
}
