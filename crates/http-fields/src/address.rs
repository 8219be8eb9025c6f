use std::net::{IpAddr, Ipv6Addr};

/// Parses an IP address in any of the spellings that proxies use: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`,
/// `[2001:db8::1]`, `[2001:db8::1]:80`, `fe80::1%eth0`, `::ffff:192.0.2.1` (which is `192.0.2.1`). Quotes come off
/// (RFC 7239 §6). `None` for anything else, `unknown` and obfuscated names among it.
pub fn parse_address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    if text.len() > MAX_LENGTH {
        return None;
    }
    let host = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            if !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
                return None;
            }
            return parse_v6(host);
        }
        None => text,
    };
    if let Some((address, port)) = host.split_once(':')
        && !port.contains(':')
    {
        return if is_port(port) {
            Some(IpAddr::V4(address.parse().ok()?))
        } else {
            None
        };
    }
    host.parse().ok().map(IpAddr::V4).or_else(|| parse_v6(host))
}

/// An IPv6 address perhaps with a zone; one that only wraps an IPv4 address is that (RFC 4291 §2.5.5.2).
fn parse_v6(text: &str) -> Option<IpAddr> {
    let (address, zone) = text.split_once('%').unwrap_or((text, "-"));
    if zone.is_empty() {
        return None;
    }
    let address: Ipv6Addr = address.parse().ok()?;
    Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.parse::<u16>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The longest spelling: a full IPv6 address with brackets, zone and port.
const MAX_LENGTH: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:59520", Some("192.0.2.1")),
            ("192.0.2.1:0", Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:0", Some("2001:db8::1")),
            ("\"[2001:db8::1]:4711\"", Some("2001:db8::1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("[::ffff:192.0.2.1]:80", Some("192.0.2.1")),
            (" 192.0.2.1 ", Some("192.0.2.1")),
            ("", None),
            ("unknown", None),
            ("_hidden", None),
            ("192.0.2.256", None),
            ("192.0.2.1:", None),
            ("192.0.2.1:99999", None),
            ("192.0.2.1:+1", None),
            ("[2001:db8::1", None),
            ("[192.0.2.1]", None),
            ("[2001:db8::1]x", None),
            ("fe80::1%", None),
            ("010.0.0.1", None),
        ] {
            assert_eq!(
                parse_address(text.as_bytes())
                    .map(|address| address.to_string())
                    .as_deref(),
                expected,
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_address_or_none(text in prop::collection::vec(any::<u8>(), 0..120)) {
            parse_address(&text);
        }

        #[test]
        fn every_address_is_read_back(address in any::<std::net::IpAddr>()) {
            let expected = match address { IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4), v4 => v4 };
            prop_assert_eq!(parse_address(address.to_string().as_bytes()), Some(expected));
        }
    }
}
