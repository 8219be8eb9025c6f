use http_filter::{AnyPlugin, Host};
use std::{cell::Cell, time::Duration};

/// A filter of the suite.
pub(crate) struct Member {
    pub(crate) plugin: Box<dyn AnyPlugin>,
    /// When it wants to tick, as time since the Unix epoch.
    due: Cell<Option<Duration>>,
}

impl Member {
    pub(crate) fn new(plugin: Box<dyn AnyPlugin>) -> Self {
        // Until it has ticked for the first time, it's overdue.
        let due = Cell::new(plugin.first_tick().map(|_| Duration::ZERO));
        Self { plugin, due }
    }

    /// When the filter wants to tick; `None` for never.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due.get()
    }

    /// The filter wants to tick in a while.
    pub(crate) fn tick_after(&self, after: Option<Duration>, host: &dyn Host) {
        self.due.set(after.map(|after| host.now().saturating_add(after)));
    }
}
