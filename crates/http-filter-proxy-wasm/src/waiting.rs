use crate::stream::Active;
use http_filter::FilterConfig;
use proxy_wasm::hostcalls;
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};

/// The streams of one root context that wait to be looked at again. No VM can wake another one, and a stream has no
/// timer of its own, so the root's tick looks after them.
pub(crate) struct Waiting<C: FilterConfig> {
    streams: RefCell<Vec<Entry<C>>>,
}

struct Entry<C: FilterConfig> {
    context_id: u32,
    /// Dead once Envoy has deleted the stream.
    active: Weak<RefCell<Active<C>>>,
}

impl<C: FilterConfig> Default for Waiting<C> {
    fn default() -> Self {
        Self {
            streams: RefCell::default(),
        }
    }
}

impl<C: FilterConfig> Waiting<C> {
    /// Has the stream looked at in [`WAKE`], and again until it no longer waits.
    pub(crate) fn add(&self, context_id: u32, active: &Rc<RefCell<Active<C>>>) {
        let Ok(mut streams) = self.streams.try_borrow_mut() else {
            return;
        };
        streams.push(Entry {
            context_id,
            active: Rc::downgrade(active),
        });
        // A stream may set its root's timer; the root sets it back when nobody waits any more.
        let _ = hostcalls::set_tick_period(WAKE);
    }

    /// Whether no stream waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.streams
            .try_borrow()
            .map_or(true, |streams| streams.is_empty())
    }

    /// Wakes every stream, each as if Envoy had called it. Those that wait on add themselves again.
    pub(crate) fn wake(&self, root_context_id: u32) {
        let Ok(entries) = self
            .streams
            .try_borrow_mut()
            .map(|mut streams| std::mem::take(&mut *streams))
        else {
            return;
        };
        if entries.is_empty() {
            return;
        }
        for entry in entries {
            let Some(active) = entry.active.upgrade() else {
                continue;
            };
            if hostcalls::set_effective_context(entry.context_id).is_ok() {
                Active::wake(&active);
            }
        }
        let _ = hostcalls::set_effective_context(root_context_id);
    }
}

/// How long a stream waits between two looks.
pub(crate) const WAKE: Duration = Duration::from_millis(20);
