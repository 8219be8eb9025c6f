use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

/// What the timer wakes. It must return at once.
pub(crate) trait Wake: Send + Sync {
    fn wake(&self);
}

/// The one thread of the module's own: it wakes what is due.
pub(crate) struct Timer {
    due: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    entries: BTreeMap<(Instant, u64), Entry>,
    next: u64,
    runs: bool,
}

struct Entry {
    /// Whose it is: all of an owner's can be woken at once.
    owner: usize,
    /// Dead once nobody waits any more.
    sleeper: Weak<dyn Wake>,
}

static TIMER: LazyLock<Timer> = LazyLock::new(|| Timer {
    due: Mutex::default(),
    changed: Condvar::new(),
});

impl Timer {
    pub(crate) fn of_process() -> &'static Self {
        &TIMER
    }

    /// Has `sleeper` woken after a while, once.
    pub(crate) fn wake_after(&'static self, after: Duration, owner: usize, sleeper: Weak<dyn Wake>) {
        self.insert(self.queue(), after, Entry { owner, sleeper });
    }

    /// As [`wake_after`](Self::wake_after), in place of whatever of this owner's is to be woken.
    pub(crate) fn wake_only_after(&'static self, after: Duration, owner: usize, sleeper: Weak<dyn Wake>) {
        let mut queue = self.queue();
        queue.entries.retain(|_, entry| entry.owner != owner);
        self.insert(queue, after, Entry { owner, sleeper });
    }

    fn insert(&'static self, mut queue: MutexGuard<'_, Queue>, after: Duration, entry: Entry) {
        queue.next = queue.next.wrapping_add(1);
        let place = (instant() + after.min(LONGEST), queue.next);
        let first = queue.entries.first_key_value();
        let is_first = first.is_none_or(|(first, _)| place < *first);
        queue.entries.insert(place, entry);
        if !queue.runs {
            let thread = thread::Builder::new().name("edge-filters".into());
            queue.runs = thread.spawn(|| self.run()).is_ok();
        }
        drop(queue);
        if is_first {
            self.changed.notify_one();
        }
    }

    /// Wakes all of an owner's now.
    pub(crate) fn wake_all(&self, owner: usize) {
        let mut queue = self.queue();
        let woken = queue.entries.extract_if(.., |_, entry| entry.owner == owner);
        let woken: Vec<_> = woken.collect();
        drop(queue);
        for (_, entry) in woken {
            wake(&entry);
        }
    }

    fn run(&self) {
        let mut queue = self.queue();
        loop {
            let now = instant();
            let wait = match queue.entries.first_key_value() {
                None => LONGEST,
                Some(((due, _), _)) => due.saturating_duration_since(now),
            };
            if wait > Duration::ZERO {
                let waited = self.changed.wait_timeout(queue, wait);
                queue = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            let woken = queue.entries.pop_first();
            drop(queue);
            if let Some((_, entry)) = woken {
                wake(&entry);
            }
            queue = self.queue();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(entry: &Entry) {
    let sleeper: Option<Arc<dyn Wake>> = entry.sleeper.upgrade();
    if let Some(sleeper) = sleeper {
        sleeper.wake();
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "no decision is made by it: it says when to look again"
)]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

const LONGEST: Duration = Duration::from_secs(86_400);
