use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Parses an IP address in any of the spellings that proxies use: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`,
/// `[2001:db8::1]`, `[2001:db8::1]:80`, `fe80::1%eth0`. Quotes come off (RFC 7239 §6). An IPv6 address that only wraps an IPv4
/// address is [that](ipv4_inside). `None` for anything else, `unknown` and obfuscated names among it.
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

/// An IPv6 address perhaps with a zone.
fn parse_v6(text: &str) -> Option<IpAddr> {
    let (address, zone) = text.split_once('%').unwrap_or((text, "-"));
    if zone.is_empty() {
        return None;
    }
    let address: Ipv6Addr = address.parse().ok()?;
    Some(ipv4_inside(address).map_or(IpAddr::V6(address), IpAddr::V4))
}

/// The IPv4 address that an IPv6 address stands for: mapped (RFC 4291 §2.5.5.2), by 6to4 (RFC 3056 §2), or by NAT64 with the
/// well-known prefix (RFC 6052 §2.1).
pub fn ipv4_inside(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
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
            ("64:ff9b::506:708", Some("5.6.7.8")),
            ("[2002:506:708::1]:80", Some("5.6.7.8")),
            ("64:ff9b:1::506:708", Some("64:ff9b:1::506:708")),
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
            let expected = match address { IpAddr::V6(v6) => ipv4_inside(v6).map_or(address, IpAddr::V4), v4 => v4 };
            prop_assert_eq!(parse_address(address.to_string().as_bytes()), Some(expected));
        }
    }
}
