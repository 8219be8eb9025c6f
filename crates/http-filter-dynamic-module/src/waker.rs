use crate::timer::Wake;
use envoy_dynamic_module_abi::{ConfigurationScheduler, StreamScheduler};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// Has Envoy look at something again, from any thread; until it's closed.
pub(crate) struct Waker<S> {
    /// Locked while it commits: when closing returns, nobody is about to.
    scheduler: Mutex<Option<S>>,
    /// Committed, and not yet looked at.
    committed: AtomicBool,
}

/// What can commit an event.
pub(crate) trait Commit: Send + Sync {
    fn commit(&self, event: u64);
}

impl Commit for StreamScheduler {
    fn commit(&self, event: u64) {
        Self::commit(self, event);
    }
}

impl Commit for ConfigurationScheduler {
    fn commit(&self, event: u64) {
        Self::commit(self, event);
    }
}

impl<S> Waker<S> {
    pub(crate) fn new(scheduler: Option<S>) -> Self {
        Self {
            scheduler: Mutex::new(scheduler),
            committed: AtomicBool::new(false),
        }
    }

    /// Envoy looks now: the next waking is a new one.
    pub(crate) fn looked(&self) {
        self.committed.store(false, Ordering::SeqCst);
    }

    /// Nothing is to be looked at any more.
    pub(crate) fn close(&self) {
        let scheduler = self.scheduler().take();
        drop(scheduler);
    }

    fn scheduler(&self) -> MutexGuard<'_, Option<S>> {
        self.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Commit> Wake for Waker<S> {
    fn wake(&self) {
        if !self.committed.swap(true, Ordering::SeqCst)
            && let Some(scheduler) = &*self.scheduler()
        {
            scheduler.commit(0);
        }
    }
}
