use crate::percent;
use std::{borrow::Cow, net::Ipv6Addr};

/// The host of an authority in its normal form: lower case, without userinfo, port and the dot of the root; an IPv6 address in
/// brackets, in the spelling of RFC 5952 (RFC 3986 §3.2.2, §6.2.2.1).
///
/// ```
/// use http_fields::host;
/// assert_eq!(&*host(b"Admin.Example.COM.:8443"), b"admin.example.com");
/// assert_eq!(&*host(b"[0:0::1]:80"), b"[::1]");
/// ```
pub fn host(authority: &[u8]) -> Cow<'_, [u8]> {
    let is_spelt_so =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    if authority.iter().all(is_spelt_so) && !authority.ends_with(b".") {
        return Cow::Borrowed(authority);
    }
    let after_userinfo = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let decoded = percent::decode(after_userinfo.trim_ascii());
    let bare = without_port(&decoded);
    if let Some(address) = ipv6(bare) {
        return Cow::Owned(["[", &address.to_string(), "]"].concat().into_bytes());
    }
    let mut host = bare.to_ascii_lowercase();
    while host.ends_with(b".") {
        host.pop();
    }
    Cow::Owned(host)
}

/// What a server takes for the host that reads an authority up to its first colon, as nginx and Express do; `None` where that is
/// `normal`, [its normal form](host). `a.example:x@b.example` is `a.example` to these, `a.example:80:80` too.
///
/// ```
/// use http_fields::{host, host_until_colon};
/// let of = |authority: &'static [u8]| host_until_colon(authority, &host(authority));
/// assert_eq!(of(b"a.example:x@b.example").as_deref(), Some(&b"a.example"[..]));
/// assert_eq!(of(b"a.example:80"), None);
/// ```
pub fn host_until_colon<'a>(authority: &'a [u8], normal: &[u8]) -> Option<Cow<'a, [u8]>> {
    let colon = memchr::memchr(b':', authority)?;
    if authority.starts_with(b"[") || ipv6(authority).is_some() {
        return None;
    }
    let until_colon = authority.get(..colon).map(host)?;
    (*until_colon != *normal).then_some(until_colon)
}

fn ipv6(host: &[u8]) -> Option<Ipv6Addr> {
    let inner = host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    std::str::from_utf8(inner.unwrap_or(host)).ok()?.parse().ok()
}

/// An authority without its port: what follows its last colon, where it has one alone or one behind brackets.
fn without_port(authority: &[u8]) -> &[u8] {
    let Some((host, _)) =
        memchr::memrchr(b':', authority).and_then(|colon| authority.split_at_checked(colon))
    else {
        return authority;
    };
    // A bare IPv6 address has colons of its own; with a port it stands in brackets.
    let is_bare = host.contains(&b':') && !host.ends_with(b"]");
    let is_inside = authority.starts_with(b"[") && authority.ends_with(b"]");
    if is_bare || is_inside { authority } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normal_forms() {
        for (authority, expected) in [
            ("a.b", "a.b"),
            ("a.b:80", "a.b"),
            ("a.b:", "a.b"),
            ("a.b.", "a.b"),
            ("a.b.:443", "a.b"),
            ("A.B", "a.b"),
            ("user:pass@a.b:80", "a.b"),
            ("x@a.b", "a.b"),
            ("%61.b", "a.b"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("[0:0:0:0:0:0:0:1]", "[::1]"),
            ("::1", "[::1]"),
            ("[2001:DB8::1]:443", "[2001:db8::1]"),
            ("192.0.2.1:80", "192.0.2.1"),
            ("", ""),
            (".", ""),
        ] {
            assert_eq!(*host(authority.as_bytes()), *expected.as_bytes(), "{authority}");
        }
    }

    #[test]
    fn until_the_first_colon() {
        for (authority, expected) in [
            ("a.b", None),
            ("A.B.:80", None),
            ("x@a.b", None),
            ("[::1]:80", None),
            ("::1", None),
            ("a.b:80:80", Some("a.b")),
            ("A.b.:x@c.d", Some("a.b")),
            ("a.b:x@[::1]", Some("a.b")),
            ("x@a.b:80:1", Some("a.b")),
        ] {
            let authority = authority.as_bytes();
            let found = host_until_colon(authority, &host(authority));
            assert_eq!(
                found.as_deref(),
                expected.map(str::as_bytes),
                "{}",
                authority.escape_ascii()
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(authority: Vec<u8>) {
            host(&authority);
        }
    }
}
