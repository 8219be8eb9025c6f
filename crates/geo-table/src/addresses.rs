use crate::{Source, spread::Spread};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

/// Addresses to ask databases about; the same ones every time.
#[derive(Clone, Debug)]
pub struct Addresses(Vec<IpAddr>);

impl Addresses {
    /// These.
    pub fn of(addresses: Vec<IpAddr>) -> Self {
        Self(addresses)
    }

    /// So many IPv4 addresses, spread evenly over the whole space: every address counts alike, whoever has it.
    pub fn of_v4(size: u64) -> Self {
        let v4 = |random: u64| IpAddr::V4(Ipv4Addr::from((random >> 32) as u32));
        let mut spread = Spread::default();
        Self((0..size).map(|_| v4(spread.next())).collect())
    }

    /// An IPv6 address in each /32 that `sources` have a network in: one of its network there. The space itself is too empty for
    /// random addresses, of which hardly one in two hundred is anybody's; and a /32 is what a provider gets at least, so that none
    /// counts for more by cutting its own into smaller networks.
    pub fn of_v6_networks(sources: &[Source]) -> Self {
        let networks = sources
            .iter()
            .flat_map(|source| &source.ranges)
            .filter_map(|range| match range {
                (IpAddr::V6(first), IpAddr::V6(last), Some(_)) => Some((first.to_bits(), last.to_bits())),
                _ => None,
            })
            // What lies in ::/16 are IPv4 addresses in disguise.
            .filter(|(first, _)| first >> 112 != 0);
        let mut by_provider = BTreeMap::new();
        for (first, last) in networks {
            by_provider.entry(first >> 96).or_insert((first, last));
        }
        let mut spread = Spread::default();
        let mut one_of = |(first, last): (u128, u128)| {
            let random = (u128::from(spread.next()) << 64) | u128::from(spread.next());
            let within = match (last - first).checked_add(1) {
                Some(width) => random % width,
                None => random,
            };
            IpAddr::V6((first + within).into())
        };
        Self(by_provider.into_values().map(&mut one_of).collect())
    }

    /// How many there are.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, IpAddr> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_database::{Country, Fields};

    #[test]
    fn one_address_for_each_provider() {
        let text = b"2001:db8::/33,FR\n2001:db8:8000::/33,IT\n2001:db9::/64,DE\n2002::/16,-\n::1:0:0/96,US\n3000::/4,JP\n1.0.0.0/8,AU\n";
        let sources = [Source::read(text.to_vec(), &Fields::default()).unwrap()];
        let addresses = Addresses::of_v6_networks(&sources);
        let owner = |address: &IpAddr| {
            let mut ranges = sources[0].ranges.iter();
            let found = ranges.find(|(first, last, _)| (first..=last).contains(&address));
            found.and_then(|(.., owner)| *owner).map(Country::code)
        };
        let owners: Vec<_> = addresses.iter().map(owner).collect();
        assert_eq!(owners, [Some("FR"), Some("DE"), Some("JP")]);
        assert_eq!(
            Addresses::of_v6_networks(&sources).0,
            addresses.0,
            "the same every time"
        );
    }

    #[test]
    fn v4_addresses_are_from_all_over() {
        let addresses = Addresses::of_v4(10_000);
        let mut blocks = [0; 256];
        for address in addresses.iter() {
            let IpAddr::V4(v4) = address else {
                panic!("{address}")
            };
            blocks[usize::from(v4.octets()[0])] += 1;
        }
        assert!(blocks.iter().all(|count| (10..=80).contains(count)), "{blocks:?}");
    }
}
