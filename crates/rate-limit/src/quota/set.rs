//! A set: the slots that share one entry of shared data, and the overflow bucket beside them.
//!
//! Written as 16 bytes per bucket, little-endian: fingerprint (u32), parts (u32), nanoseconds (u64). The overflow bucket
//! is the first, and has the tag of the policy in place of a fingerprint; slots follow, only those that haven't refilled.

use crate::quota::gcra::Refilled;

/// The most slots of a set.
pub const WAYS: usize = 16;

const BUCKET: usize = 16;

/// The stored text of a set.
#[derive(Clone, Copy, Debug)]
pub struct Set<'a> {
    tag: u32,
    overflow: Refilled,
    slots: &'a [[u8; BUCKET]],
}

/// Where a key's requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// In a slot of its own.
    Own,
    /// In a slot that's free to take. It begins where the overflow bucket stands: that may have counted this key before.
    Free,
    /// In the overflow bucket, with every other key that found no slot.
    Overflow,
}

impl<'a> Set<'a> {
    /// Reads what is stored; nothing is an empty set. `None` for what this filter can't have written.
    pub fn parse(stored: Option<&'a [u8]>) -> Option<Self> {
        let Some(stored) = stored.filter(|bytes| !bytes.is_empty()) else {
            return Some(Self::EMPTY);
        };
        let (buckets, rest) = stored.as_chunks::<BUCKET>();
        let (overflow, slots) = buckets.split_first()?;
        (rest.is_empty() && slots.len() <= WAYS).then(|| Self {
            tag: bucket(overflow).0,
            overflow: bucket(overflow).1,
            slots,
        })
    }

    /// A set in which every bucket is full.
    pub const EMPTY: Self = Self {
        tag: 0,
        overflow: Refilled { nanos: 0, parts: 0 },
        slots: &[],
    };

    /// The set for the policy with this tag: an empty one, where another policy has written it.
    pub fn of(self, tag: u32) -> Self {
        if self.tag == tag {
            self
        } else {
            Self { tag, ..Self::EMPTY }
        }
    }

    /// Where the key with this fingerprint is counted at `now`, and the bucket there.
    ///
    /// A slot is taken from its key only when it has refilled: then its key loses nothing by it, and the next one gets
    /// no more than is due. Where no slot has, the overflow bucket counts. A free slot begins where the overflow bucket
    /// stands, so a key that moves there takes its debts along. Therefore no key is ever served beyond its quota,
    /// wherever it was counted; the price is that keys beyond the table's size share what one of them is allowed.
    pub fn seat(&self, fingerprint: u32, now: u64) -> (Seat, Refilled) {
        let mut live = 0;
        for (owner, refilled) in self.live(now) {
            if owner == fingerprint {
                return (Seat::Own, refilled);
            }
            live += 1;
        }
        let seat = if live < WAYS { Seat::Free } else { Seat::Overflow };
        (seat, self.overflow)
    }

    /// The set after the bucket in `seat` has changed to `refilled`, as it's stored.
    pub fn with(&self, seat: Seat, fingerprint: u32, refilled: Refilled, now: u64) -> Vec<u8> {
        let mut stored = Vec::with_capacity(BUCKET * (self.slots.len() + 2));
        let overflow = if seat == Seat::Overflow {
            refilled
        } else {
            self.overflow
        };
        write(&mut stored, self.tag, overflow);
        for (owner, bucket) in self.live(now) {
            if owner != fingerprint {
                write(&mut stored, owner, bucket);
            }
        }
        if seat != Seat::Overflow {
            write(&mut stored, fingerprint, refilled);
        }
        stored
    }

    /// The set after a charge made in `seat` was given back by `refund`; `None` where the bucket it was made on has
    /// refilled meanwhile, so that there's nothing to give back.
    pub fn refunded(
        &self,
        seat: Seat,
        fingerprint: u32,
        refund: impl FnOnce(Refilled) -> Refilled,
        now: u64,
    ) -> Option<Vec<u8>> {
        let (seat, bucket) = match seat {
            Seat::Overflow => (Seat::Overflow, self.overflow),
            Seat::Own | Seat::Free => self
                .live(now)
                .find(|(owner, _)| *owner == fingerprint)
                .map(|own| (Seat::Own, own.1))?,
        };
        Some(self.with(seat, fingerprint, refund(bucket), now))
    }

    /// The slots that haven't refilled at `now`.
    fn live(&self, now: u64) -> impl Iterator<Item = (u32, Refilled)> {
        self.slots
            .iter()
            .map(bucket)
            .filter(move |(_, refilled)| refilled.is_after(now))
    }
}

fn bucket(stored: &[u8; BUCKET]) -> (u32, Refilled) {
    let [a, b, c, d, e, f, g, h, nanos @ ..] = *stored;
    let refilled = Refilled {
        nanos: u64::from_le_bytes(nanos),
        parts: u32::from_le_bytes([e, f, g, h]),
    };
    (u32::from_le_bytes([a, b, c, d]), refilled)
}

fn write(stored: &mut Vec<u8>, fingerprint: u32, refilled: Refilled) {
    stored.extend_from_slice(&fingerprint.to_le_bytes());
    stored.extend_from_slice(&refilled.parts.to_le_bytes());
    stored.extend_from_slice(&refilled.nanos.to_le_bytes());
}

#[cfg(test)]
mod tests;
