use crate::spread::Spread;
use geo_database::{Country, Database, Fields};
use std::net::{IpAddr, Ipv4Addr};

/// How far two databases agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Addresses for which both name a country.
    pub both: u64,
    /// Of these, those for which it is the same.
    pub agree: u64,
    /// Addresses for which only the first names one.
    pub only_first: u64,
    /// Addresses for which only the second names one.
    pub only_second: u64,
}

impl Comparison {
    /// The share of agreement where both name a country, in percent.
    pub fn percent(&self) -> f64 {
        self.agree as f64 * 100.0 / self.both.max(1) as f64
    }
}

/// Asks both databases for the country of `samples` IPv4 addresses, spread evenly over the whole space by a fixed sequence,
/// and of as many IPv6 addresses of 2000::/3, each /48 alike.
pub fn compare(first: &Database, second: &Database, fields: &Fields, samples: u64) -> [Comparison; 2] {
    let mut results = [Comparison::default(); 2];
    let mut spread = Spread::default();
    for _ in 0..samples {
        let random = spread.next();
        let v4 = IpAddr::V4(Ipv4Addr::from((random >> 32) as u32));
        let v6 = IpAddr::V6(((0x2 << 124) | (u128::from(random & !0xffff) << 61)).into());
        for (result, address) in results.iter_mut().zip([v4, v6]) {
            result.add(first.country(address, fields), second.country(address, fields));
        }
    }
    results
}

impl Comparison {
    fn add(&mut self, first: Option<Country>, second: Option<Country>) {
        match (first, second) {
            (Some(a), Some(b)) => {
                self.both += 1;
                self.agree += u64::from(a == b);
            }
            (Some(_), None) => self.only_first += 1,
            (None, Some(_)) => self.only_second += 1,
            (None, None) => {}
        }
    }
}
