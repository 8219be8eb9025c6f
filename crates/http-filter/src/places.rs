use crate::{Conflict, Host, update};
use std::{borrow::Cow, time::Duration};

/// Numbered places in shared data, each lent to one owner at a time.
///
/// Shared data never deletes: a name that changes with every configuration would leave its entries behind. Names by place are
/// used again instead: an owner that doesn't renew its place for [`TERM`] loses it to the next newcomer. So there are
/// as many places as there were owners at a time, within a term. What lies in a place may be another owner's: whoever writes there
/// says whose it is.
pub struct Places {
    key: Cow<'static, str>,
}

/// Who owns a place: a digest of what it's for.
pub type Owner = [u8; 16];

impl Places {
    /// The places that are told under `key` in shared data.
    pub const fn new(key: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
        }
    }

    /// The same, where the key is put together.
    pub fn of(key: String) -> Self {
        Self { key: Cow::Owned(key) }
    }

    /// The places of these owners, renewed, or lent now. It writes only where half of a term has passed.
    ///
    /// # Errors
    /// [`Conflict`] where other workers were faster every time, or all places are lent.
    pub fn renew(&self, owners: &[Owner], host: &dyn Host) -> Result<Vec<usize>, Conflict> {
        let now = millis(host.now());
        update(host, &self.key, ATTEMPTS, |stored| {
            let mut places: Vec<Place> = stored.unwrap_or_default().chunks_exact(SIZE).map(read).collect();
            let mut is_changed = false;
            let numbers = owners.iter().map(|owner| {
                let (number, changed) = take(&mut places, owner, now);
                is_changed |= changed;
                number
            });
            let numbers: Vec<usize> = numbers.collect();
            let is_full = places.len() > MOST;
            let encode = || places.iter().flat_map(encoded).collect();
            let value = (is_changed && !is_full).then(encode);
            (if is_full { Err(Conflict) } else { Ok(numbers) }, value)
        })?
    }
}

/// A place: its owner, and when it's free again, in milliseconds since the Unix epoch.
#[derive(Clone, Copy)]
struct Place {
    owner: Owner,
    free: u64,
}

/// The number of the owner's place, and whether something about it changed.
fn take(places: &mut Vec<Place>, owner: &Owner, now: u64) -> (usize, bool) {
    let term = millis(TERM);
    let until = now + term;
    // Further off than ever lent: the clock was set back, and it's lent from now.
    for place in places.iter_mut() {
        place.free = place.free.min(until);
    }
    if let Some(number) = places.iter().position(|place| place.owner == *owner) {
        let Some(place) = places.get_mut(number) else {
            return (number, false);
        };
        let is_due = place.free < now + term / 2;
        if is_due {
            place.free = until;
        }
        return (number, is_due);
    }
    let lent = Place {
        owner: *owner,
        free: until,
    };
    let free = places.iter().position(|place| place.free <= now);
    match free.and_then(|number| places.get_mut(number).map(|place| (number, place))) {
        Some((number, place)) => {
            *place = lent;
            (number, true)
        }
        None => {
            places.push(lent);
            (places.len() - 1, true)
        }
    }
}

fn read(stored: &[u8]) -> Place {
    let (owner, free) = stored.split_at_checked(16).unwrap_or_default();
    Place {
        owner: owner.try_into().unwrap_or_default(),
        free: free.try_into().map_or(0, u64::from_le_bytes),
    }
}

fn encoded(place: &Place) -> impl Iterator<Item = u8> {
    place.owner.into_iter().chain(place.free.to_le_bytes())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 2)
}

/// How long a place is lent. Owners renew theirs every [`RENEW`].
pub const TERM: Duration = Duration::from_secs(30);
/// How often to renew.
pub const RENEW: Duration = Duration::from_secs(5);
const SIZE: usize = 24;
const MOST: usize = 1_024;
const ATTEMPTS: u32 = 64;
