//! The table of the whole world, built from public data: it answers as its source does, at every border.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "tests"
)]

use geo_database::{Bytes, Country, Fields, Table, TableBuilder};
use geo_table::Source;
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, process::Command};

/// The folder with tor's two files.
fn sources() -> Option<PathBuf> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/world.sh");
    let output = Command::new("bash").arg(script).arg("--sources").output();
    let found = output.as_ref().ok().filter(|output| output.status.success());
    if let Some(output) = found {
        return Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let forbidden = std::env::var_os("EDGE_NO_SKIP").is_some_and(|value| !value.is_empty());
    assert!(!forbidden, "no geoip files: {output:?}");
    eprintln!("SKIPPED: no geoip files (install tor-geoipdb, or set GEO_SOURCES): {output:?}");
    None
}

#[test]
fn every_border_of_the_world() {
    let Some(folder) = sources() else { return };
    let mut builder = TableBuilder::new("test", 1);
    let mut owners: BTreeMap<IpAddr, Option<Country>> = BTreeMap::new();
    let mut notice = None;
    for name in ["geoip", "geoip6"] {
        let source = Source::read(std::fs::read(folder.join(name)).unwrap(), &Fields::default()).unwrap();
        source.add_to(&mut builder);
        assert!(source.ranges.len() > 100_000, "{name}");
        notice = source.notice;
        for (first, last, owner) in source.ranges {
            // IPv6 is held to the /64: what begins within one is too fine.
            let whole = |address: IpAddr| !matches!(address, IpAddr::V6(v6) if v6.to_bits() as u64 != 0);
            if whole(first) {
                owners.insert(first, owner);
                owners.insert(last, owner);
            }
        }
    }
    let bytes = builder.build();
    let size = bytes.len();
    let table = Table::open(Bytes::from(bytes)).unwrap();
    let wrong: Vec<_> = owners
        .iter()
        .filter(|(address, owner)| table.country(**address) != **owner)
        .collect();
    // Finer ranges inside a /64 may have the last word on its end.
    assert!(
        wrong.len() * 10_000 < owners.len(),
        "{} of {} differ: {:?}",
        wrong.len(),
        owners.len(),
        &wrong[..wrong.len().min(9)]
    );
    assert!(
        wrong.iter().all(|(address, _)| address.is_ipv6()),
        "{:?}",
        &wrong[..wrong.len().min(9)]
    );
    assert!(notice.unwrap().contains("CC BY-SA 4.0"));
    assert!(size < 2_000_000, "{size} bytes");
    let known = |address: &str| table.country(address.parse().unwrap()).map(Country::code);
    assert_eq!(known("8.8.8.8"), Some("US"));
    assert_eq!(known("2001:4860:4860::8888"), Some("US"));
    assert_eq!(known("10.0.0.1"), None);
}
