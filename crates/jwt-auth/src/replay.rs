//! The proofs of possession that have been used (RFC 9449 §11.1), for all workers: a fixed number of slots in shared
//! data, each with a bounded number of fingerprints and their ends.

use crate::Refusal;
use http_filter::{Host, update};
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

/// Remembers a proof until its end, in milliseconds since the Unix epoch.
///
/// # Errors
/// [`Refusal::ProofReplayed`] when it's remembered already; or when there's no room for it, since a proof that can't
/// be remembered could be used again. A slot holds 64 proofs and there are 256 of them.
pub(crate) fn remember(id: [u8; 16], now: i64, until: i64, host: &dyn Host) -> Result<(), Refusal> {
    let key = [
        "jwt-auth/dpop/",
        &id.first().copied().unwrap_or_default().to_string(),
    ]
    .concat();
    let outcome = update(host, &key, ATTEMPTS, |stored| {
        let mut kept: Vec<u8> = Vec::new();
        for entry in stored.unwrap_or_default().chunks_exact(ENTRY) {
            let (known, end) = entry.split_at_checked(16).unwrap_or_default();
            let end = end.try_into().map_or(0, i64::from_le_bytes);
            if end >= now {
                if known == id {
                    return (Err("dpop_replays"), None);
                }
                kept.extend_from_slice(entry);
            }
        }
        if kept.len() >= SLOT * ENTRY {
            return (Err("dpop_overflow"), None);
        }
        kept.extend_from_slice(&id);
        kept.extend_from_slice(&until.to_le_bytes());
        (Ok(()), Some(kept))
    });
    match outcome.unwrap_or(Err("dpop_conflict")) {
        Ok(()) => Ok(()),
        Err(counter) => {
            host.count(counter, 1);
            Err(Refusal::ProofReplayed)
        }
    }
}

const ENTRY: usize = 24;
const SLOT: usize = 64;
const ATTEMPTS: u32 = 8;
