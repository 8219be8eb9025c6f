use crate::timer::instant;
use http_filter::{
    Awaited,
    bounds::{MOST_PATIENCE, MOST_WAITING, MOST_WAITING_BYTES, MOST_WAITING_OF_ONE},
};
use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

/// How many requests of a configuration wait on one worker.
#[derive(Default)]
pub(crate) struct Room {
    waiting: usize,
    bytes: usize,
    /// By tenant, of those of whom somebody waits.
    of_one: Vec<(u32, usize)>,
}

/// A place in a [`Room`]: given free when it's dropped.
pub(crate) struct Place {
    room: Rc<RefCell<Room>>,
    tenant: u32,
    bytes: usize,
    until: Instant,
}

impl Room {
    /// Whether one more may wait, who does then.
    fn enter(&mut self, tenant: u32, bytes: usize) -> bool {
        let one = self.of_one.iter_mut().find(|(known, _)| *known == tenant);
        let of_one = one.as_ref().map_or(0, |(_, count)| *count);
        let bytes = self.bytes.saturating_add(bytes);
        if self.waiting >= MOST_WAITING || of_one >= MOST_WAITING_OF_ONE || bytes > MOST_WAITING_BYTES {
            return false;
        }
        match one {
            Some((_, count)) => *count += 1,
            None => self.of_one.push((tenant, 1)),
        }
        self.waiting += 1;
        self.bytes = bytes;
        true
    }

    fn leave(&mut self, tenant: u32, bytes: usize) {
        self.waiting = self.waiting.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        if let Some((_, count)) = self.of_one.iter_mut().find(|(known, _)| *known == tenant) {
            *count = count.saturating_sub(1);
        }
        self.of_one.retain(|(_, count)| *count > 0);
    }
}

impl Place {
    /// A place for a request whose headers take so many bytes; `None` where as many wait as may.
    pub(crate) fn take(room: &Rc<RefCell<Room>>, awaited: Awaited, bytes: usize) -> Option<Self> {
        let Awaited { tenant, patience } = awaited;
        if !room.borrow_mut().enter(tenant, bytes) {
            return None;
        }
        let now = instant();
        Some(Self {
            room: Rc::clone(room),
            tenant,
            bytes,
            until: now.checked_add(patience.unwrap_or(MOST_PATIENCE)).unwrap_or(now),
        })
    }

    /// Whether the wait is over.
    pub(crate) fn is_due(&self) -> bool {
        self.until <= instant()
    }

    /// How long it lasts.
    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(instant())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.borrow_mut().leave(self.tenant, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_given_back() {
        for (name, tenants, bytes, most) in [
            ("of one tenant", 1, 0, MOST_WAITING_OF_ONE),
            ("of all", 5, 0, MOST_WAITING),
            ("of bytes", 5, MOST_WAITING_BYTES / 10, 10),
        ] {
            let room = Rc::default();
            let awaited = |number: usize, patience| Awaited {
                tenant: u32::try_from(number).unwrap_or_default() % tenants,
                patience: Some(patience),
            };
            let take = |number| Place::take(&room, awaited(number, Duration::from_secs(60)), bytes);
            let mut taken: Vec<_> = (0..MOST_WAITING * 2).filter_map(take).collect();
            assert_eq!(taken.len(), most, "{name}");
            assert!(taken.iter().all(|place| !place.is_due()), "{name}");
            taken.pop();
            let place = Place::take(&room, awaited(most - 1, Duration::ZERO), bytes).unwrap();
            assert!(place.is_due() && place.left().is_zero(), "{name}");
            drop((taken, place));
            let Room {
                waiting,
                bytes,
                of_one,
            } = &*room.borrow();
            assert_eq!((*waiting, *bytes, of_one.len()), (0, 0, 0), "{name}");
        }
    }
}
