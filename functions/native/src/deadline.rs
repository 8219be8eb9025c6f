//! An end to requests that take too long: threads can't be ended one by one, so the whole program is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The requests that are being worked on, by a number of their own, and since when.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deadlines(Arc<Mutex<(u64, BTreeMap<u64, Instant>)>>);

impl Deadlines {
    /// Ends the program, for whoever started it to start again, once a request has been worked on for longer than `most`.
    pub(crate) fn enforce(&self, most: Duration) {
        let deadlines = self.clone();
        std::thread::spawn(move || {
            while !deadlines.are_passed(most) {
                std::thread::sleep(most / 10);
            }
            std::process::exit(TOO_LONG);
        });
    }

    /// Does `work`, the whole of what a request takes of the processor.
    pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let number = {
            let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            guard.0 += 1;
            let number = guard.0;
            guard.1.insert(number, Instant::now());
            number
        };
        let done = work();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .remove(&number);
        done
    }

    fn are_passed(&self, most: Duration) -> bool {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guard.1.values().any(|since| since.elapsed() > most)
    }
}

/// EX_SOFTWARE of sysexits.h.
const TOO_LONG: i32 = 70;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_still_runs_can_take_too_long() {
        let deadlines = Deadlines::default();
        assert!(!deadlines.are_passed(Duration::ZERO), "nothing runs");
        let passed = deadlines.within(|| {
            std::thread::sleep(Duration::from_millis(5));
            (
                deadlines.are_passed(Duration::from_millis(1)),
                deadlines.are_passed(Duration::from_secs(60)),
            )
        });
        assert_eq!(passed, (true, false), "one runs");
        assert!(!deadlines.are_passed(Duration::ZERO), "it has ended");
    }
}
