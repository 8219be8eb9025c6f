//! Asking a process to end.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

pub(super) fn signal(pid: u32, signal: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    // The process may have ended by itself: that is what the caller wants anyway.
    let _ = kill_process(pid, signal);
}

/// How long a process may take to end after it was asked to.
pub const GRACE: Duration = Duration::from_secs(5);
