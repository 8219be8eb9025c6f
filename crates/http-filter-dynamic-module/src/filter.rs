use crate::{
    Entry,
    answer::Answer,
    counters::Counters,
    timer::{Timer, Wake},
    waker::Waker,
};
use envoy_dynamic_module_abi::{Configuration, ConfigurationScheduler};
use http_filter::{AnyPlugin, ConfigError};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A configured filter: what all threads share of it. What it does outside requests, it does on the main thread.
pub(crate) struct Filter {
    entry: &'static Entry,
    name_space: String,
    document: Vec<u8>,
    pub(crate) counters: Counters,
    pub(crate) waker: Arc<Waker<ConfigurationScheduler>>,
    /// A request waits for what a tick does.
    is_waited_for: AtomicBool,
    /// The calls that are on their way.
    calls: Mutex<Vec<Sent>>,
}

/// A call that is on its way.
pub(crate) struct Sent {
    /// What Envoy calls it; its answer may come before that is known.
    pub(crate) id: Option<u64>,
    pub(crate) token: u32,
    pub(crate) answer: Answer,
}

impl Filter {
    /// What the main thread and all workers share of a configuration.
    pub(crate) fn new(
        configuration: &Configuration<'_>,
        entry: &'static Entry,
        name_space: &str,
        document: &[u8],
        plugin: &dyn AnyPlugin,
    ) -> Self {
        Self {
            entry,
            name_space: name_space.to_owned(),
            document: document.to_vec(),
            counters: Counters::define(configuration, entry, plugin),
            waker: Arc::new(Waker::new(configuration.scheduler())),
            is_waited_for: AtomicBool::new(false),
            calls: Mutex::default(),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.entry.name
    }

    pub(crate) fn fails_closed(&self) -> bool {
        self.entry.fails_closed
    }

    pub(crate) fn name_space(&self) -> &str {
        &self.name_space
    }

    pub(crate) fn build(&self) -> Result<Box<dyn AnyPlugin>, ConfigError> {
        (self.entry.build)(&self.document)
    }

    /// Has the main thread tick now: a request waits for what comes of it.
    pub(crate) fn hurry(&self) {
        self.is_waited_for.store(true, Ordering::SeqCst);
        self.waker.wake();
    }

    /// Whose timers its streams' are.
    pub(crate) fn owner(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Has the main thread tick after a while, and not before.
    pub(crate) fn wake_after(&self, after: Duration) {
        let waker = Arc::downgrade(&self.waker);
        // A byte into the filter, no stream's owner is: see `owner`.
        Timer::of_process().wake_only_after(after, self.owner() + 1, waker);
    }

    /// Whether a request waits for what the next tick does; once it's told, it no longer is.
    pub(crate) fn takes_hurry(&self) -> bool {
        self.is_waited_for.swap(false, Ordering::SeqCst)
    }

    /// The calls that are on their way.
    pub(crate) fn calls(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
