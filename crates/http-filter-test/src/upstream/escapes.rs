//! Percent-encoding (RFC 3986 §2.1), as upstreams undo it.

/// A `%` that begins no escape stands for itself, whatever it comes to stand before.
pub(super) fn with_percents_escaped(path: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::new();
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        let begins_escape = after
            .first_chunk::<2>()
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        escaped.push(*first);
        if *first == b'%' && !begins_escape {
            escaped.extend(b"25");
        }
        rest = after;
    }
    escaped
}

pub(super) fn decode(path: &[u8], undone: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut bytes = path.iter();
    while let Some(&byte) = bytes.next() {
        let digits = bytes.as_slice().first_chunk::<2>();
        let escaped = digits
            .filter(|digits| byte == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
            .filter(|byte| undone(*byte));
        decoded.push(escaped.unwrap_or(byte));
        if escaped.is_some() {
            bytes.nth(1);
        }
    }
    decoded
}
