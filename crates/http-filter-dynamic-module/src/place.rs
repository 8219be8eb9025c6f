use crate::timer::instant;
use http_filter::bounds::MOST_WAITING;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// A place among those who wait on this worker: given free when it's dropped.
pub(crate) struct Place {
    until: Instant,
}

impl Place {
    /// A place for so long; `None` where as many wait as may.
    pub(crate) fn take(patience: Duration) -> Option<Self> {
        let waiting = WAITING.get();
        if waiting >= MOST_WAITING {
            return None;
        }
        WAITING.set(waiting + 1);
        let now = instant();
        Some(Self {
            until: now.checked_add(patience).unwrap_or(now),
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
        WAITING.set(WAITING.get().saturating_sub(1));
    }
}

thread_local! {
    /// How many wait on this worker.
    static WAITING: Cell<usize> = const { Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_given_back() {
        let mut taken: Vec<_> = (0..MOST_WAITING * 2)
            .filter_map(|_| Place::take(Duration::from_secs(60)))
            .collect();
        assert_eq!(taken.len(), MOST_WAITING);
        assert!(taken.iter().all(|place| !place.is_due()));
        taken.pop();
        let place = Place::take(Duration::ZERO).unwrap();
        assert!(place.is_due() && place.left().is_zero());
    }
}
