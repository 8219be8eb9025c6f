//! MaxMind's own test databases: every record answered right, every corrupt file refused or harmless.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use geo_database::{Continent, Coordinates, Country, Database, Fields, Mmdb, Place};
use serde_json::Value;
use std::{
    fs,
    net::{IpAddr, Ipv6Addr},
    path::{Path, PathBuf},
};

/// Databases whose records have fields that are used here.
const GROUND_TRUTHS: &[&str] = &[
    "GeoIP2-City-Test",
    "GeoIP2-Country-Test",
    "GeoIP2-Enterprise-Test",
    "GeoIP2-ISP-Test",
    "GeoIP2-Precision-Enterprise-Test",
    "GeoLite2-ASN-Test",
    "GeoLite2-City-Test",
    "GeoLite2-Country-Test",
];

#[test]
fn every_record_of_the_ground_truth() {
    let Some(folder) = http_filter_test::vectors("maxmind") else {
        return;
    };
    let mut looked_up = 0;
    let mut known = Vec::new();
    for name in &sources(&folder) {
        let database = Database::open(read(&folder.join(format!("test-data/{name}.mmdb"))).into()).unwrap();
        let records: Vec<serde_json::Map<String, Value>> =
            serde_json::from_slice(&read(&folder.join(format!("source-data/{name}.json")))).unwrap();
        let networks: Vec<(Network, &Value)> = records
            .iter()
            .flatten()
            .map(|(network, record)| (Network::parse(network), record))
            .collect();
        for (network, record) in &networks {
            for address in [network.first(), network.last()] {
                // Networks lie in each other: the narrowest is the one that answers.
                let narrower = networks
                    .iter()
                    .any(|(other, _)| other.length > network.length && other.contains(address));
                if narrower {
                    continue;
                }
                let found = database.place(address.to_canonical(), &Fields::default());
                assert_eq!(found, expected(record), "{name}: {address}");
                looked_up += 1;
            }
        }
        if database.answers(&Fields::default()) {
            known.push(name.clone());
        }
    }
    assert!(looked_up > 4_000, "only {looked_up} look-ups");
    // In the others nothing is known, and nothing is made up.
    assert_eq!(known, GROUND_TRUTHS);
}

/// The databases whose source is public, but for one that was never published itself.
fn sources(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("source-data")).unwrap();
    let mut names: Vec<String> = files
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names.len(), 18);
    names.retain(|name| name != "GeoIP2-Precision-Enterprise-Sandbox-Test");
    names
}

#[test]
fn no_file_does_harm() {
    let Some(folder) = http_filter_test::vectors("maxmind") else {
        return;
    };
    let mut files = Vec::new();
    for part in [
        "test-data",
        "bad-data/libmaxminddb",
        "bad-data/maxminddb-golang",
        "bad-data/maxminddb-python",
    ] {
        let found = fs::read_dir(folder.join(part))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        files.extend(found.filter(|path| path.extension().is_some_and(|extension| extension == "mmdb")));
    }
    assert_eq!(files.len(), 61);
    let (mut refused, mut taken) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match Database::open(read(&file).into()) {
            Ok(database) if database.answers(&Fields::default()) => {
                for index in 0..2_000u64 {
                    let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    database.place(IpAddr::V4(((spread >> 32) as u32).into()), &Fields::default());
                    database.place(IpAddr::V6((u128::from(spread) << 64).into()), &Fields::default());
                }
                taken.push(name);
            }
            _ => refused.push(name),
        }
    }
    // The corrupt ones, whose readers' names they begin with or whose folders they came from.
    let corrupt = |name: &&String| !name.starts_with("Geo") && !name.starts_with("MaxMind-DB");
    assert_eq!(taken.iter().filter(corrupt).count(), 0, "{taken:?}");
    for name in BROKEN {
        assert!(refused.iter().any(|refused| refused == name), "{name} is taken");
    }
    for name in GROUND_TRUTHS {
        let file = format!("{name}.mmdb");
        assert!(taken.contains(&file), "{name} is refused");
    }
}

/// Broken ones among the test databases.
const BROKEN: &[&str] = &[
    "GeoIP2-City-Test-Invalid-Node-Count.mmdb",
    "MaxMind-DB-test-broken-pointers-24.mmdb",
    "MaxMind-DB-test-broken-search-tree-24.mmdb",
];

#[test]
fn every_cut_is_refused_or_harmless() {
    let Some(folder) = http_filter_test::vectors("maxmind") else {
        return;
    };
    let whole = read(&folder.join("test-data/GeoLite2-Country-Test.mmdb"));
    for cut in (0..whole.len()).step_by(97).chain(whole.len() - 200..whole.len()) {
        // The metadata stands at the end: without all of it there is no database.
        assert!(
            Database::open(whole[..cut].to_vec().into()).is_err(),
            "cut at {cut}"
        );
    }
    for at in (0..whole.len()).step_by(61) {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        if let Ok(mmdb) = Mmdb::open(broken.into()) {
            for index in 0..64u64 {
                let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                mmdb.place(IpAddr::V4(((spread >> 32) as u32).into()), &Fields::default());
            }
        }
    }
}

/// Every network that the usual reader finds in the test databases: the same country by both.
#[test]
fn agrees_with_the_usual_reader() {
    let Some(folder) = http_filter_test::vectors("maxmind") else {
        return;
    };
    let mut networks = 0;
    for name in GROUND_TRUTHS {
        let bytes = read(&folder.join(format!("test-data/{name}.mmdb")));
        let usual = maxminddb::Reader::from_source(bytes.clone()).unwrap();
        let mmdb = Mmdb::open(bytes.into()).unwrap();
        for found in usual
            .networks(maxminddb::WithinOptions::default().include_aliased_networks())
            .unwrap()
        {
            let found = found.unwrap();
            let address = found.network().unwrap().ip();
            let code: Option<String> = found
                .decode_path(&maxminddb::path!["country", "iso_code"])
                .unwrap();
            let expected = code.and_then(|code| Country::parse(code.as_bytes()));
            assert_eq!(
                mmdb.country(address, &Fields::default()),
                expected,
                "{name}: {address}"
            );
            networks += 1;
        }
    }
    assert!(networks > 2_000, "{networks}");
}

fn expected(record: &Value) -> Place {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let number = |pointer: &str| record.pointer(pointer).and_then(Value::as_f64);
    let coordinates = number("/location/latitude").zip(number("/location/longitude"));
    Place {
        country: text("/country/iso_code").and_then(|code| Country::parse(code.as_bytes())),
        continent: text("/continent/code").and_then(|code| Continent::parse(code.as_bytes())),
        subdivision: text("/subdivisions/0/iso_code").map(str::to_owned),
        city: text("/city/names/en").map(str::to_owned),
        asn: number("/autonomous_system_number").map(|number| number as u32),
        coordinates: coordinates.and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude)),
    }
}

/// A network of either family, as IPv6; IPv4 lies in `::/96`, as in the databases.
struct Network {
    bits: u128,
    length: u8,
    v4: bool,
}

impl Network {
    fn parse(text: &str) -> Self {
        let (address, length) = text.split_once('/').unwrap();
        let length: u8 = length.parse().unwrap();
        match address.parse().unwrap() {
            IpAddr::V4(v4) => Self {
                bits: v4.to_bits().into(),
                length: length + 96,
                v4: true,
            },
            IpAddr::V6(v6) => Self {
                bits: v6.to_bits(),
                length,
                v4: length >= 96 && v6.to_bits() >> 32 == 0 && v6.to_bits() > 1,
            },
        }
    }

    fn contains(&self, address: IpAddr) -> bool {
        let bits = match address {
            IpAddr::V4(v4) => v4.to_bits().into(),
            IpAddr::V6(v6) => v6.to_bits(),
        };
        (bits ^ self.bits)
            .checked_shr(u32::from(128 - self.length))
            .unwrap_or(0)
            == 0
    }

    fn first(&self) -> IpAddr {
        self.address(self.bits)
    }

    fn last(&self) -> IpAddr {
        self.address(self.bits | u128::MAX.checked_shr(self.length.into()).unwrap_or(0))
    }

    fn address(&self, bits: u128) -> IpAddr {
        if self.v4 {
            IpAddr::V4((bits as u32).into())
        } else {
            IpAddr::V6(Ipv6Addr::from(bits))
        }
    }
}

fn read(path: &Path) -> Vec<u8> {
    let path: PathBuf = path.into();
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
