//! A process that was left running, and how to know it again.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::signal::{GRACE, signal};

/// A process that was left running on purpose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Leftover {
    /// What it is called in messages.
    pub name: String,
    /// The operating system's number for it.
    pub pid: u32,
    /// Tells it from a later process with the same number; empty where the system doesn't say.
    pub started: String,
}

impl Leftover {
    /// Whether the process is still the one that was left.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let mark = start_mark(self.pid);
        !mark.is_empty() && mark == self.started
    }

    /// Ends it: asks first, kills after [`GRACE`]. Gives `false` when it was not running any more.
    #[must_use]
    pub fn stop(&self) -> bool {
        if !self.is_running() {
            return false;
        }
        signal(self.pid, Signal::TERM);
        let asked = Instant::now();
        while self.is_running() {
            if asked.elapsed() >= GRACE {
                signal(self.pid, Signal::KILL);
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }
}

/// When the process was started, in whatever words this system uses; empty when it doesn't run (or only waits to be reaped).
pub(super) fn start_mark(pid: u32) -> String {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return ps_start_mark(pid);
    };
    // The name in parentheses may hold spaces: fields are counted after it. State is the 3rd of all, start time the 22nd.
    let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    match fields.next() {
        None | Some("Z" | "X") => String::new(),
        Some(_) => fields.nth(18).unwrap_or_default().to_owned(),
    }
}

/// For systems without `/proc`.
fn ps_start_mark(pid: u32) -> String {
    if Path::new("/proc/self").exists() {
        return String::new();
    }
    let output = Command::new("ps")
        .args(["-o", "lstart=", "-p", &pid.to_string()])
        .output();
    output
        .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
        .unwrap_or_default()
}
