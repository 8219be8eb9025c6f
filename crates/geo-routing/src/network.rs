use http_fields::parse_address;
use http_filter::document::Text;
use ipnet::IpNet;
use std::{fmt, net::IpAddr};

/// A network in CIDR notation, or a single address. Bits beyond the prefix don't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Network(IpNet);

impl Network {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Text for Network {
    const EXPECTED: &'static str = "a network such as \"10.0.0.0/8\" or \"2001:db8::/32\", or an address";
    const EXAMPLES: &'static [&'static str] = &["10.0.0.0/8", "2001:db8::/32"];

    fn parse(text: &str) -> Option<Self> {
        let network = match text.parse::<IpNet>() {
            Ok(network) => network,
            Err(_) => parse_address(text.as_bytes())?.into(),
        };
        Some(Self(network.trunc()))
    }
}

/// What networks stand for, by the longest prefix that holds an address.
#[derive(Clone, Debug)]
pub(crate) struct NetworkMap<T> {
    /// In order of the networks.
    entries: Vec<(IpNet, T)>,
    /// The prefix lengths that occur, longest first: of IPv4, of IPv6.
    lengths: [Vec<u8>; 2],
}

impl<T> Default for NetworkMap<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            lengths: [Vec::new(), Vec::new()],
        }
    }
}

impl<T> NetworkMap<T> {
    pub(crate) fn get(&self, address: IpAddr) -> Option<&T> {
        let [v4, v6] = &self.lengths;
        let lengths = if address.is_ipv4() { v4 } else { v6 };
        lengths.iter().find_map(|length| {
            let network = IpNet::new(address, *length).ok()?.trunc();
            let found = self
                .entries
                .binary_search_by(|(known, _)| known.cmp(&network))
                .ok()?;
            self.entries.get(found).map(|(_, value)| value)
        })
    }

    /// Adds a network; one that's there already keeps its value.
    pub(crate) fn insert(&mut self, Network(network): Network, value: T) {
        if let Err(place) = self.entries.binary_search_by(|(known, _)| known.cmp(&network)) {
            self.entries.insert(place, (network, value));
        }
        let [v4, v6] = &mut self.lengths;
        let lengths = if network.addr().is_ipv4() { v4 } else { v6 };
        let length = network.prefix_len();
        if let Err(place) = lengths.binary_search_by(|known| length.cmp(known)) {
            lengths.insert(place, length);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Whether `address` can't be a client's on the open Internet: private, shared, local, documentation, multicast or
/// otherwise reserved (the IANA special-purpose registries, RFC 6890).
pub(crate) fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => match v4.octets() {
            [0 | 10 | 127 | 224..=255, ..] => true,
            [100, b, ..] => (64..128).contains(&b),
            [169, 254, ..] | [192, 168, ..] => true,
            [172, b, ..] => (16..32).contains(&b),
            [192, 0, 0 | 2, _] => true,
            [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
            _ => false,
        },
        IpAddr::V6(v6) => match v6.segments() {
            // Only 2000::/3 is given to anybody; 64:ff9b::/96 is a way to IPv4.
            [0x64, 0xff9b, 0, 0, 0, 0, ..] => false,
            [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => true,
            [first, ..] => first & 0xe000 != 0x2000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_holds() {
        let mut map = NetworkMap::default();
        for (text, value) in [
            ("10.0.0.0/8", 1),
            ("10.1.0.0/16", 2),
            ("10.1.2.3", 3),
            ("2001:db8::/32", 4),
            ("2001:db8:1::/48", 5),
            ("0.0.0.0/0", 6),
        ] {
            map.insert(Network::parse(text).unwrap(), value);
        }
        for (address, expected) in [
            ("10.9.9.9", Some(&1)),
            ("10.1.9.9", Some(&2)),
            ("10.1.2.3", Some(&3)),
            ("2001:db8:2::1", Some(&4)),
            ("2001:db8:1::1", Some(&5)),
            ("192.0.2.1", Some(&6)),
            ("::1", None),
        ] {
            assert_eq!(map.get(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn reserved_addresses() {
        for (address, expected) in [
            ("10.0.0.1", true),
            ("172.15.0.1", false),
            ("172.31.255.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("192.169.1.1", false),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("127.0.0.1", true),
            ("169.254.1.1", true),
            ("192.0.2.1", true),
            ("192.0.1.1", false),
            ("198.19.1.1", true),
            ("203.0.113.9", true),
            ("255.255.255.255", true),
            ("8.8.8.8", false),
            ("::1", true),
            ("::", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("ff02::1", true),
            ("2001:db8::1", true),
            ("2001:4860::8888", false),
            ("2a00::1", false),
            ("64:ff9b::808:808", false),
        ] {
            assert_eq!(is_reserved(address.parse().unwrap()), expected, "{address}");
        }
    }
}
