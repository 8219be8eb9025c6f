//! Tells a person what is being waited for, and lets Ctrl-C end the wait.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Error;

/// Hears about the start and the end of each wait.
pub trait Progress {
    /// Called about ten times a second while `what` is being waited for.
    fn waiting(&self, what: &str, since: Duration);
    /// Called once when `what` is ready.
    fn ready(&self, what: &str, after: Duration);
    /// Whether the user asked to stop; waits then end with [`Error::Interrupted`].
    fn interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}

/// Says nothing: for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn waiting(&self, _: &str, _: Duration) {}
    fn ready(&self, _: &str, _: Duration) {}
}

/// Writes to standard error: a line that counts seconds on a terminal, one line per finished wait elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal;

impl Progress for Terminal {
    fn waiting(&self, what: &str, since: Duration) {
        let mut stderr = std::io::stderr();
        if stderr.is_terminal() {
            // A failed write of a progress line is not worth failing for.
            let _ = write!(stderr, "\r\x1b[K  … {what} ({:.1} s)", since.as_secs_f64());
            let _ = stderr.flush();
        }
    }

    fn ready(&self, what: &str, after: Duration) {
        let clear = if std::io::stderr().is_terminal() {
            "\r\x1b[K"
        } else {
            ""
        };
        eprintln!("{clear}  ✓ {what} ({:.1} s)", after.as_secs_f64());
    }
}

/// Asks every wait to end; async-signal-safe, so a signal handler may call it.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

/// Calls `probe` until it gives a value, or `limit` has passed (`Ok(None)`).
///
/// # Errors
/// Those of `probe`, and [`Error::Interrupted`].
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    progress: &dyn Progress,
    mut probe: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    let started = Instant::now();
    let mut last_told = None;
    loop {
        if let Some(value) = probe()? {
            progress.ready(what, started.elapsed());
            return Ok(Some(value));
        }
        if progress.interrupted() {
            return Err(Error::Interrupted);
        }
        let elapsed = started.elapsed();
        if elapsed >= limit {
            return Ok(None);
        }
        if last_told.is_none_or(|told: Duration| elapsed.saturating_sub(told) >= TELL_EVERY) {
            progress.waiting(what, elapsed);
            last_told = Some(elapsed);
        }
        std::thread::sleep(PROBE_EVERY);
    }
}

const PROBE_EVERY: Duration = Duration::from_millis(15);
const TELL_EVERY: Duration = Duration::from_millis(100);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
