//! What Jetty 9 takes for escapes.

use super::escapes::decode;

/// A `%` and its digits may be escaped themselves.
pub(super) fn decode_odd(path: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        let escapes = [after.strip_prefix(b"25"), Some(after)];
        let found = escapes.into_iter().flatten().find_map(odd_escape);
        match found.filter(|_| *first == b'%') {
            Some((bytes, after)) => {
                decoded.extend(bytes);
                rest = after;
            }
            None => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    decoded
}

fn odd_escape(escape: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (count, mut rest) = match escape.strip_prefix(b"u") {
        Some(rest) => (4, rest),
        None => (2, escape),
    };
    let mut code = 0;
    for _ in 0..count {
        let (written, length) = match rest {
            [b'%', _, _, ..] => (rest.get(..3)?, 3),
            _ => (rest.get(..1)?, 1),
        };
        let &[digit] = decode(written, |_| true).as_slice() else {
            return None;
        };
        // As Jetty's TypeUtil.convertHexDigit counts.
        let counted = i32::from(digit & 0x1f) + i32::from(digit >> 6) * 0x19 - 0x10;
        code = code << 4
            | u32::try_from(counted)
                .ok()
                .filter(|counted| *counted < 16 && digit.is_ascii())?;
        rest = rest.get(length..)?;
    }
    let bytes = match count {
        2 => vec![code as u8],
        _ => char::from_u32(code)?.to_string().into_bytes(),
    };
    Some((bytes, rest))
}
