//! Waiting for what comes by itself.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Whether it became so within the time.
pub fn eventually(limit: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if is_so() {
            return true;
        }
        if started.elapsed() > limit {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
}
