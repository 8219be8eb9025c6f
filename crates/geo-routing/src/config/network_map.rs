//! What networks stand for.

use crate::document::network::Network;
use ipnet::IpNet;
use std::net::IpAddr;

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

#[cfg(test)]
mod tests {
    use super::*;
    use http_filter::document::Text;

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
}
