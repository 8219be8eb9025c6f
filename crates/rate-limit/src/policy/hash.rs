//! Digests, and how they are written.

use crate::key::Value;
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};
use std::hash::Hasher;

/// The hash of a key under the process's secret: without it, nobody can aim at a slot, or tell a client from what is stored.
pub(super) fn of_key(values: &[Option<Value<'_>>], (k0, k1): (u64, u64)) -> Hash128 {
    let mut hasher = SipHasher13::new_with_keys(k0, k1);
    for value in values {
        match value {
            Some(value) => value.hash_into(&mut hasher),
            None => hasher.write(&[0]),
        }
    }
    hasher.finish128()
}

/// The digest of texts that are no secret, as hexadecimal.
pub(super) fn digest(texts: &[&str]) -> String {
    let mut hasher = SipHasher13::new();
    for text in texts {
        hasher.write(&(text.len() as u64).to_le_bytes());
        hasher.write(text.as_bytes());
    }
    let Hash128 { h1, h2 } = hasher.finish128();
    let mut digest = String::with_capacity(32);
    push_hex(&mut digest, h1, 16);
    push_hex(&mut digest, h2, 16);
    digest
}

/// Appends a number in hexadecimal, of at least so many digits.
pub(super) fn push_hex(text: &mut String, number: u64, digits: u32) {
    let length = (16 - number.leading_zeros() / 4).max(digits);
    for place in (0..length).rev() {
        let digit = (number >> (4 * place)) & 0xf;
        text.push(char::from_digit(digit as u32, 16).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal() {
        for (number, digits, expected) in [
            (0, 1, "0"),
            (0x1f, 1, "1f"),
            (0x1f, 4, "001f"),
            (u64::MAX, 16, "ffffffffffffffff"),
        ] {
            let mut text = String::new();
            push_hex(&mut text, number, digits);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn digests_keep_texts_apart() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab"]).len(), 32);
    }
}
