//! What stands for a name of several parts.

use sha2::{Digest, Sha256};

/// What stands for a name of several parts: 16 bytes of their hash.
pub(crate) fn fingerprint(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut fingerprint = [0; 16];
    fingerprint
        .iter_mut()
        .zip(hash.finalize())
        .for_each(|(to, from)| *to = from);
    fingerprint
}
