use crate::{filter::Filter, native_host::now, place::Room};
use http_filter::{AnyPlugin, Call, CallFailure, CallResponse, Host};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

/// A filter's configuration, compiled for one thread: what filters keep stays on its thread, and what all of them are to
/// know is in shared data.
pub(crate) struct Instance {
    pub(crate) plugin: Box<dyn AnyPlugin>,
    /// When the filter wants to tick, as time since the Unix epoch.
    next_tick: Cell<Option<Duration>>,
    /// Who waits.
    pub(crate) room: Rc<RefCell<Room>>,
}

impl Instance {
    pub(crate) fn new(plugin: Box<dyn AnyPlugin>) -> Self {
        // It looks at what there is as soon as it can.
        let next_tick = Cell::new(plugin.first_tick().map(|_| Duration::ZERO));
        Self {
            plugin,
            next_tick,
            room: Rc::default(),
        }
    }

    /// How long until the filter wants to tick.
    pub(crate) fn next_tick(&self) -> Option<Duration> {
        Some(self.next_tick.get()?.saturating_sub(now()))
    }

    /// The filter wants to tick after a while, or as planned.
    pub(crate) fn tick_after(&self, after: Option<Duration>) {
        if let Some(after) = after {
            self.next_tick.set(Some(now().saturating_add(after)));
        }
    }

    /// Ticks if it's due, or somebody waits for it. Returns the calls to make.
    pub(crate) fn tick(&self, is_waited_for: bool, host: &dyn Host) -> Vec<(u32, Call)> {
        let Some(due) = self.next_tick.get() else {
            return Vec::new();
        };
        if !is_waited_for && now() < due {
            return Vec::new();
        }
        let tick = self.plugin.on_tick(host);
        self.next_tick
            .set(tick.next.map(|after| now().saturating_add(after)));
        tick.calls
    }

    /// As [`tick`](Self::tick) on a worker, which makes no calls.
    pub(crate) fn tick_on_worker(&self, is_waited_for: bool, host: &dyn Host) {
        for (token, _) in self.tick(is_waited_for, host) {
            let failed = CallResponse::Failed(CallFailure::NotDispatched);
            self.tick_after(self.plugin.on_call_response(token, failed, host));
        }
    }

    /// This thread's instance of `filter`, which is made now if there is none.
    pub(crate) fn of(filter: &Arc<Filter>) -> Option<Rc<Self>> {
        if let Some(known) = Self::known(filter) {
            return Some(known);
        }
        match filter.build() {
            Ok(plugin) => {
                let made = Rc::new(Self::new(plugin));
                made.keep(filter);
                Some(made)
            }
            Err(error) => {
                log::error!("{}: the configuration is refused: {error}", filter.name());
                None
            }
        }
    }

    /// This thread's instance of `filter`.
    pub(crate) fn known(filter: &Filter) -> Option<Rc<Self>> {
        INSTANCES.with_borrow(|all| {
            let mut all = all.iter();
            let (_, known) = all.find(|(owner, _)| std::ptr::eq(owner.as_ptr(), filter))?;
            Some(Rc::clone(known))
        })
    }

    /// Keeps it for this thread, and drops those whose configuration is no more.
    pub(crate) fn keep(self: &Rc<Self>, filter: &Arc<Filter>) {
        let kept = (Arc::downgrade(filter), Rc::clone(self));
        let dead: Vec<_> = INSTANCES.with_borrow_mut(|all| {
            all.push(kept);
            all.extract_if(.., |(owner, _)| owner.strong_count() == 0)
                .collect()
        });
        drop(dead);
    }

    /// Drops this thread's instance of `filter`: the next request begins with a new one.
    pub(crate) fn forget(filter: &Filter) {
        let forgotten: Vec<_> = INSTANCES.with_borrow_mut(|all| {
            all.extract_if(.., |(owner, _)| std::ptr::eq(owner.as_ptr(), filter))
                .collect()
        });
        drop(forgotten);
    }
}

thread_local! {
    /// A few: one for each configuration that the thread has seen a stream of.
    static INSTANCES: RefCell<Vec<(Weak<Filter>, Rc<Instance>)>> = const { RefCell::new(Vec::new()) };
}
