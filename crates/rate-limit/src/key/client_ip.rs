use http_fields::{forwarding, parse_address};
use http_filter::{Headers, Host, document::Text, property};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How the client's address is found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClientIp {
    /// Entries of X-Forwarded-For that trusted proxies wrote, from the right; `None` to believe Envoy.
    pub(crate) trusted_hops: Option<u8>,
}

impl ClientIp {
    pub(crate) fn address(self, request: &Headers, host: &dyn Host) -> Option<IpAddr> {
        self.trusted_hops
            .and_then(|hops| forwarded_for(request, hops))
            .or_else(|| property::source_address(host))
    }
}

/// The X-Forwarded-For entry after `hops` from the right. Whatever stands further left, the client may have written.
/// `None` where there are fewer entries or it's no address: then the request came by another way than the proxies'.
fn forwarded_for(request: &Headers, hops: u8) -> Option<IpAddr> {
    parse_address(forwarding::addresses(request.all("x-forwarded-for")).nth(usize::from(hops))?)
}

/// The network of `prefix` bits that the address lies in.
pub(crate) fn masked(address: IpAddr, ipv4_prefix: u8, ipv6_prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX
                .checked_shl(32 - u32::from(ipv4_prefix.min(32)))
                .unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX
                .checked_shl(128 - u32::from(ipv6_prefix.min(128)))
                .unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

/// A network of an allow list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    first: IpAddr,
    prefix: u8,
}

impl Network {
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        masked(address, self.prefix, self.prefix) == self.first
    }
}

/// `10.0.0.0/8`, `2001:db8::/32`, or an address, which is a network of its own.
impl Text for Network {
    const EXPECTED: &'static str = "a network such as \"10.0.0.0/8\", or an address";
    const EXAMPLES: &'static [&'static str] = &["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"];

    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address = parse_address(address.as_bytes())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then(|| Self {
            first: masked(address, prefix, prefix),
            prefix,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_filter_test::FakeHost;

    #[test]
    fn addresses_are_counted_from_the_right() {
        let host = FakeHost::default();
        host.set_property("source.address", "192.0.2.9:4711");
        for (name, hops, lines, expected) in [
            ("Envoy's word", None, &["203.0.113.7"][..], "192.0.2.9"),
            ("the last", Some(0), &["203.0.113.7"], "203.0.113.7"),
            (
                "behind a proxy",
                Some(1),
                &["6.6.6.6, 203.0.113.7, 10.0.0.1"],
                "203.0.113.7",
            ),
            (
                "over lines",
                Some(2),
                &["6.6.6.6", "203.0.113.7, 10.0.0.2", "10.0.0.1"],
                "203.0.113.7",
            ),
            ("past the proxies", Some(1), &["6.6.6.6"], "192.0.2.9"),
            (
                "an open quote",
                Some(1),
                &["\"6.6.6.6, 203.0.113.7, 10.0.0.1"],
                "203.0.113.7",
            ),
            ("no address", Some(0), &["unknown"], "192.0.2.9"),
            ("no field", Some(0), &[], "192.0.2.9"),
        ] {
            let request: Headers = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
            let client = ClientIp { trusted_hops: hops };
            assert_eq!(
                client.address(&request, &host),
                parse_address(expected.as_bytes()),
                "{name}"
            );
        }
    }

    #[test]
    fn networks_of_addresses() {
        for (address, v4, v6, expected) in [
            ("192.0.2.9", 32, 64, "192.0.2.9"),
            ("192.0.2.9", 24, 64, "192.0.2.0"),
            ("192.0.2.9", 0, 64, "0.0.0.0"),
            ("2001:db8:1:2:3::4", 32, 64, "2001:db8:1:2::"),
            ("2001:db8:1:2:3::4", 32, 48, "2001:db8:1::"),
            ("2001:db8:1:2:3::4", 32, 128, "2001:db8:1:2:3::4"),
            ("2001:db8::1", 32, 0, "::"),
        ] {
            assert_eq!(
                masked(address.parse().unwrap(), v4, v6).to_string(),
                expected,
                "{address} {v4} {v6}"
            );
        }
    }

    #[test]
    fn networks_hold_what_they_say() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", Some(true)),
            ("10.0.0.0/8", "11.0.0.1", Some(false)),
            ("10.1.2.3/8", "10.9.9.9", Some(true)),
            ("0.0.0.0/0", "192.0.2.1", Some(true)),
            ("0.0.0.0/0", "2001:db8::1", Some(false)),
            ("192.0.2.7", "192.0.2.7", Some(true)),
            ("192.0.2.7", "192.0.2.8", Some(false)),
            ("2001:db8::/32", "2001:db8:ffff::1", Some(true)),
            ("2001:db8::/32", "2001:db9::1", Some(false)),
            ("10.0.0.0/33", "10.0.0.1", None),
            ("10.0.0.0/", "10.0.0.1", None),
            ("10.0.0/8", "10.0.0.1", None),
            ("::/129", "::1", None),
        ] {
            let parsed = Network::parse(network);
            let contains = parsed.map(|network| network.contains(address.parse().unwrap()));
            assert_eq!(contains, expected, "{network} {address}");
        }
    }
}
