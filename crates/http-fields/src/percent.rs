//! Percent-encoding (RFC 3986 §2.1).

use crate::hex;
use std::borrow::Cow;

/// Decodes every escape; what is none stays as it is.
pub fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = first(rest) {
        decoded.push(byte);
        rest = after;
    }
    Cow::Owned(decoded)
}

/// The byte that `text` begins with, escaped or not, and what follows it.
pub fn first(text: &[u8]) -> Option<(u8, &[u8])> {
    if let [b'%', high, low, after @ ..] = text
        && let (Some(high), Some(low)) = (hex::digit(*high), hex::digit(*low))
    {
        return Some((high << 4 | low, after));
    }
    text.split_first().map(|(byte, after)| (*byte, after))
}

/// `text` with every byte escaped that `is_plain` doesn't take.
pub fn encode(text: &[u8], is_plain: fn(u8) -> bool) -> impl Iterator<Item = u8> {
    text.iter().flat_map(move |byte| {
        let (escape, skipped) = if is_plain(*byte) {
            ([0, 0, *byte], 2)
        } else {
            (escape(*byte), 0)
        };
        escape.into_iter().skip(skipped)
    })
}

/// The escape of `byte`, in upper case (RFC 3986 §6.2.2.1).
pub fn escape(byte: u8) -> [u8; 3] {
    [b'%', hex::upper(byte >> 4), hex::upper(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_undone() {
        for (text, expected) in [
            ("/plain", "/plain"),
            ("%41%2f%2F", "A//"),
            ("%4", "%4"),
            ("%", "%"),
            ("%zz%41", "%zzA"),
            ("%%41", "%A"),
            ("%2541", "%41"),
            ("a+b", "a+b"),
        ] {
            assert_eq!(*decode(text.as_bytes()), *expected.as_bytes(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text: Vec<u8>) {
            let encoded: Vec<u8> = encode(&text, |byte| byte.is_ascii_alphanumeric()).collect();
            prop_assert!(encoded.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'%'));
            prop_assert_eq!(&*decode(&encoded), &text[..]);
        }
    }
}
