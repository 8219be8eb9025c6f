//! Lists to which every proxy appends the address of its peer.

use crate::document::network::Network;
use http_fields::{forwarding, parse_address};
use http_filter::Headers;
use std::net::IpAddr;

/// Whose the last addresses of a list are.
#[derive(Clone, Debug)]
pub(crate) enum Proxies {
    Hops(usize),
    Networks(Vec<Network>),
}

/// Walks a list from its end, past the proxies. An address that can't be read ends it: what stands before may be anybody's word.
pub(crate) fn client_of(request: &Headers, header: &str, proxies: &Proxies) -> Option<IpAddr> {
    let lines = request.all(header);
    let (members, forwarded) = match header {
        "forwarded" => (forwarding::elements(lines), true),
        _ => (forwarding::addresses(lines), false),
    };
    for (index, member) in members.enumerate() {
        let address = parse_address(if forwarded {
            forwarding::node(member)?
        } else {
            member
        })?;
        let is_proxy = match proxies {
            Proxies::Hops(hops) => index < *hops,
            Proxies::Networks(networks) => networks.iter().any(|network| network.contains(address)),
        };
        if !is_proxy {
            return Some(address);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_filter::document::Text;
    use proptest::prelude::*;

    fn networks(texts: &[&str]) -> Proxies {
        Proxies::Networks(texts.iter().map(|text| Network::parse(text).unwrap()).collect())
    }

    #[test]
    fn lists_are_read_from_their_end() {
        let long = vec!["192.0.2.1"; 1000].join(", ");
        for (name, header, lines, proxies, expected) in [
            (
                "the peer",
                "x-forwarded-for",
                &["9.9.9.9, 1.2.3.4"][..],
                Proxies::Hops(0),
                Some("1.2.3.4"),
            ),
            (
                "one proxy",
                "x-forwarded-for",
                &["9.9.9.9, 1.2.3.4, 10.0.0.1"],
                Proxies::Hops(1),
                Some("1.2.3.4"),
            ),
            (
                "over lines",
                "x-forwarded-for",
                &["9.9.9.9", "1.2.3.4", "10.0.0.1"],
                Proxies::Hops(1),
                Some("1.2.3.4"),
            ),
            (
                "fewer than the proxies",
                "x-forwarded-for",
                &["1.2.3.4"],
                Proxies::Hops(1),
                None,
            ),
            (
                "networks",
                "x-forwarded-for",
                &["9.9.9.9, 1.2.3.4, 10.0.0.1, 10.9.9.9"],
                networks(&["10.0.0.0/8"]),
                Some("1.2.3.4"),
            ),
            (
                "only proxies",
                "x-forwarded-for",
                &["10.0.0.1"],
                networks(&["10.0.0.0/8"]),
                None,
            ),
            (
                "a hidden node",
                "x-forwarded-for",
                &["9.9.9.9, unknown, 10.0.0.1"],
                networks(&["10.0.0.0/8"]),
                None,
            ),
            (
                "spellings",
                "x-forwarded-for",
                &["[2001:db8::7]:4711, 10.0.0.1:80"],
                Proxies::Hops(1),
                Some("2001:db8::7"),
            ),
            (
                "mapped",
                "x-forwarded-for",
                &["1.2.3.4, ::ffff:10.0.0.1"],
                networks(&["10.0.0.0/8"]),
                Some("1.2.3.4"),
            ),
            ("empty", "x-forwarded-for", &[""], Proxies::Hops(0), None),
            ("none", "x-forwarded-for", &[], Proxies::Hops(0), None),
            (
                "long",
                "x-forwarded-for",
                &[&long],
                Proxies::Hops(0),
                Some("192.0.2.1"),
            ),
            (
                "a client's open quote",
                "x-forwarded-for",
                &["\", 5.6.7.8, 10.0.0.1"],
                Proxies::Hops(1),
                Some("5.6.7.8"),
            ),
            (
                "a client's open quote in forwarded",
                "forwarded",
                &["for=\"x, for=5.6.7.8"],
                Proxies::Hops(0),
                Some("5.6.7.8"),
            ),
            (
                "NAT64",
                "x-forwarded-for",
                &["64:ff9b::506:708"],
                Proxies::Hops(0),
                Some("5.6.7.8"),
            ),
            (
                "forwarded",
                "forwarded",
                &["for=9.9.9.9, For=\"[2001:db8::7]:4711\";proto=https;by=_x, for=10.0.0.1"],
                Proxies::Hops(1),
                Some("2001:db8::7"),
            ),
            (
                "for is not first",
                "forwarded",
                &["proto=https;for=1.2.3.4"],
                Proxies::Hops(0),
                Some("1.2.3.4"),
            ),
            (
                "two for",
                "forwarded",
                &["for=1.2.3.4;for=9.9.9.9"],
                Proxies::Hops(0),
                None,
            ),
            (
                "obfuscated",
                "forwarded",
                &["for=9.9.9.9, for=_hidden"],
                Proxies::Hops(0),
                None,
            ),
            (
                "a comma in quotes",
                "forwarded",
                &["for=1.2.3.4;by=\"a,for=9.9.9.9\""],
                Proxies::Hops(0),
                Some("1.2.3.4"),
            ),
        ] {
            let request: Headers = lines.iter().map(|line| (header, *line)).collect();
            assert_eq!(
                client_of(&request, header, &proxies)
                    .map(|address| address.to_string())
                    .as_deref(),
                expected,
                "{name}"
            );
        }
    }

    proptest! {
        /// Whatever a client writes to the left, the address that the proxy saw is what counts.
        #[test]
        fn what_clients_write_does_not_count(forged in "[ -~]{0,80}", real in any::<std::net::Ipv4Addr>()) {
            let request: Headers = [("x-forwarded-for", format!("{forged}, {real}, 10.0.0.1"))].into_iter().collect();
            prop_assert_eq!(client_of(&request, "x-forwarded-for", &Proxies::Hops(1)), Some(IpAddr::V4(real)));
        }

        #[test]
        fn any_bytes_are_read(value in prop::collection::vec(any::<u8>(), 0..200)) {
            for header in ["x-forwarded-for", "forwarded"] {
                let request: Headers = [(header, value.clone())].into_iter().collect();
                client_of(&request, header, &Proxies::Hops(1));
            }
        }
    }
}
