//! Counters in this program's own memory: for one process, until it ends.

use super::used::{Used, key};
use crate::error::Error;
use limitador::counter::Counter;
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// Counters by their names. Those whose window is over go when a new one finds the table full.
#[derive(Debug, Default)]
pub(crate) struct Memory(RefCell<BTreeMap<String, Window>>);

/// What was used of a counter, and until when that counts.
#[derive(Clone, Copy, Debug)]
struct Window {
    used: u64,
    end: Instant,
}

impl Memory {
    /// Charges all counters `hits` units, or none; what had been used of each.
    pub(crate) fn charge(&self, counters: &[Counter], hits: u64) -> Result<Vec<Used>, Error> {
        let now = Instant::now();
        let mut windows = self.0.borrow_mut();
        let keys: Vec<String> = counters.iter().map(key).collect();
        let running = |windows: &BTreeMap<String, Window>, key: &String| {
            windows.get(key).copied().filter(|window| window.end > now)
        };
        let found: Vec<Option<Window>> = keys.iter().map(|key| running(&windows, key)).collect();
        let used = |window: &Option<Window>| window.map_or(0, |window| window.used);
        let has_room = |(counter, window): (&Counter, &Option<Window>)| {
            used(window).saturating_add(hits) <= counter.max_value()
        };
        if counters.iter().zip(&found).all(has_room) {
            make_room(&mut windows, keys.len(), now)?;
            for ((counter, window), key) in counters.iter().zip(&found).zip(keys) {
                let end = window.map_or_else(|| now + counter.window(), |window| window.end);
                let used = used(window).saturating_add(hits);
                windows.insert(key, Window { used, end });
            }
        }
        let left = |window: &Window| window.end.duration_since(now).max(Duration::from_millis(1));
        let found = found.iter().map(|window| Used {
            units: used(window),
            left: window.as_ref().map(left),
        });
        Ok(found.collect())
    }
}

/// Sees to it that there is room for so many more counters.
fn make_room(windows: &mut BTreeMap<String, Window>, more: usize, now: Instant) -> Result<(), Error> {
    if windows.len() + more > MOST {
        windows.retain(|_, window| window.end > now);
    }
    match windows.len() + more > MOST {
        true => Err(Error::Full(MOST)),
        false => Ok(()),
    }
}

/// How many counters there may be at a time: about 30 MB. Beyond, questions about new ones can't be decided.
const MOST: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;
    use limitador::limit::{Context, Limit};

    fn counter(max: u64, seconds: u64) -> Counter {
        let limit = Limit::new("edge", max, seconds, [], []);
        Counter::new(limit, &Context::default()).unwrap().unwrap()
    }

    fn units(memory: &Memory, counters: &[Counter], hits: u64) -> Vec<u64> {
        let used = memory.charge(counters, hits).unwrap();
        used.iter().map(|used| used.units).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_begins_with_its_first_charge_and_ends_by_itself() {
        let memory = Memory::default();
        let three = [counter(3, 10)];
        assert_eq!(units(&memory, &three, 2), [0]);
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(units(&memory, &three, 2), [2], "no room: not charged");
        assert_eq!(units(&memory, &three, 1), [2]);
        let left = memory.charge(&three, 1).unwrap().pop().unwrap().left;
        assert_eq!(left, Some(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(units(&memory, &three, 3), [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn all_counters_are_charged_or_none() {
        let memory = Memory::default();
        let both = [counter(1, 10), counter(5, 60)];
        assert_eq!(units(&memory, &both, 1), [0, 0]);
        assert_eq!(units(&memory, &both, 1), [1, 1]);
        assert_eq!(units(&memory, &both, 1), [1, 1], "the second had room");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_table_takes_new_counters_when_old_ones_are_over() {
        let end = Instant::now() + Duration::from_secs(5);
        let old = (0..MOST).map(|n| (n.to_string(), Window { used: 1, end }));
        let memory = Memory(RefCell::new(old.collect()));
        let one = [counter(1, 10)];
        assert!(matches!(memory.charge(&one, 1), Err(Error::Full(MOST))));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(units(&memory, &one, 1), [0]);
        assert_eq!(memory.0.borrow().len(), 1);
    }
}
