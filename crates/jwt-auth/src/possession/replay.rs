//! The proofs of possession that have been used (RFC 9449 §11.1), for all workers: a fixed number of slots in shared
//! data, each with a bounded number of fingerprints and their ends.

use crate::{Refusal, counter::Counter};
use http_filter::{Host, update};

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
                    return (Err(Counter::DpopReplays), None);
                }
                kept.extend_from_slice(entry);
            }
        }
        if kept.len() >= SLOT * ENTRY {
            return (Err(Counter::DpopOverflow), None);
        }
        kept.extend_from_slice(&id);
        kept.extend_from_slice(&until.to_le_bytes());
        (Ok(()), Some(kept))
    });
    match outcome.unwrap_or(Err(Counter::DpopConflict)) {
        Ok(()) => Ok(()),
        Err(counter) => {
            counter.count(host);
            Err(Refusal::ProofReplayed)
        }
    }
}

const ENTRY: usize = 24;
const SLOT: usize = 64;
const ATTEMPTS: u32 = 8;
