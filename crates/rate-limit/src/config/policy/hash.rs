//! Digests, and how they are written.

use crate::key::Value;
use http_fields::hex;
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};
use std::hash::Hasher;

/// The hash of a key under the process's secret: without it, nobody can aim at a slot, or tell a client from what is stored.
pub(crate) fn of_key(values: &[Option<Value<'_>>], (k0, k1): (u64, u64)) -> Hash128 {
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
pub(crate) fn digest(texts: &[&str]) -> String {
    let mut hasher = SipHasher13::new();
    for text in texts {
        hasher.write(&(text.len() as u64).to_le_bytes());
        hasher.write(text.as_bytes());
    }
    let Hash128 { h1, h2 } = hasher.finish128();
    hex::encode(&[h1.to_be_bytes(), h2.to_be_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_keep_texts_apart() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab"]).len(), 32);
    }
}
