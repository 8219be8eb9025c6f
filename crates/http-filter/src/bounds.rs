//! How much at most happens at once, on every host. Each bound is for one configuration on one worker.

use std::time::Duration;

/// How many requests may wait ([`Decision::Wait`](crate::Decision::Wait)). Another one is answered with 503 at once.
pub const MOST_WAITING: usize = 4_096;

/// How many requests of one [tenant](crate::Awaited::tenant) may wait: half of all, so that no tenant's crowd takes every
/// place.
pub const MOST_WAITING_OF_ONE: usize = MOST_WAITING / 2;

/// How many bytes the headers of waiting requests may take.
pub const MOST_WAITING_BYTES: usize = 64 << 20;

/// How many streams one callback of the host lets go: answers, continues, or releases. A Wasm host runs what a callback
/// asked for nested, each call's callbacks starting the next, and its stack ends at some three hundred of them.
pub const MOST_LET_GO: usize = 16;

/// How long it takes until [`MOST_LET_GO`] answers are written and the next are due, about.
pub const PACE: Duration = Duration::from_millis(4);

/// How many waiting requests are looked at in the callback of one that was stopped: a crowd keeps a worker busy, and its timers
/// come late.
pub const MOST_MADE_UP: usize = 2;

/// How many waiting requests one callback of the host looks at.
pub const MOST_LOOKED_AT: usize = 128;

/// How many calls outside requests one callback of the host sends: a call that can't be sent fails in a nested callback.
pub const MOST_CALLS: usize = 16;

/// How often waiting requests are looked at.
pub const WAKE: Duration = Duration::from_millis(20);

/// When the host goes on with what a bound has left over.
pub const NEXT_BATCH: Duration = Duration::from_millis(1);

/// How long a request waits whose filter doesn't say how long.
pub const MOST_PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait for the first chunk of a held body: Envoy sends it at once, or never.
pub const MOST_HELD: Duration = Duration::from_millis(100);
