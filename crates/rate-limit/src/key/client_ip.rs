use http_filter::{ConfigError, Headers, Host, OneOrMany, parse_address, property};
use ipnet::IpNet;
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
    // Not as a list with quoted strings: a client's open quote would swallow what proxies added.
    let mut entries: Vec<&[u8]> = request
        .all("x-forwarded-for")
        .flat_map(|line| line.split(|byte| *byte == b','))
        .filter(|entry| !entry.trim_ascii().is_empty())
        .collect();
    entries.truncate(entries.len().checked_sub(usize::from(hops))?);
    parse_address(entries.last()?)
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

/// Parses the networks of an allow list; an address is a network of its own.
pub(crate) fn networks(list: &OneOrMany<String>, path: &str) -> Result<Vec<IpNet>, ConfigError> {
    let network = |(index, text): (usize, &String)| {
        let parsed = match text.split_once('/') {
            Some(_) => text.parse().ok(),
            None => parse_address(text.as_bytes()).map(IpNet::from),
        };
        parsed.ok_or_else(|| {
            ConfigError::new(
                format!("{path}[{index}]"),
                format_args!("{text:?}"),
                "a network such as \"10.0.0.0/8\", or an address",
            )
        })
    };
    list.iter().enumerate().map(network).collect()
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
}
