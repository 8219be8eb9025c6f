//! Country tables to be fetched.

use geo_database::{Country, TableBuilder};
use http_fields::hex;
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};

/// The client whom [`placing`] puts somewhere.
pub const CLIENT: &str = "5.6.7.8";

/// A table made at `made`, in seconds since the Unix epoch, of these ranges: first address, last address, country.
///
/// # Panics
/// When an address is none.
pub fn of(made: u64, ranges: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut builder = TableBuilder::new("test", made);
    for (first, last, country) in ranges {
        let country = Country::parse(country.as_bytes());
        builder.add(first.parse().unwrap(), last.parse().unwrap(), country);
    }
    builder.build()
}

/// A table made so many seconds after a day ago, by which [`CLIENT`] is in this country, and 6.0.0.0/8 in Canada.
pub fn placing(country: &str, seconds: u64) -> Vec<u8> {
    let ranges = [
        ("5.0.0.0", "5.255.255.255", country),
        ("6.0.0.0", "6.255.255.255", "CA"),
    ];
    of(now() - 86_400 + seconds, &ranges)
}

/// The file that announces these bytes, as `sha256sum` writes it.
pub fn sha256sum(bytes: &[u8]) -> String {
    format!("{}  world.table\n", hex::encode(&Sha256::digest(bytes)))
}

/// Seconds since the Unix epoch.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
