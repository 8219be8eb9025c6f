//! Addresses that are nobody's.

use std::net::IpAddr;

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
