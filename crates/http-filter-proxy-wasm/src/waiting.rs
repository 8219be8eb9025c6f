use http_filter::{
    Awaited, Ticket, WaitingList,
    bounds::{MOST_HELD, MOST_LET_GO, MOST_LOOKED_AT, MOST_MADE_UP, MOST_PATIENCE, NEXT_BATCH, WAKE},
};
use proxy_wasm::hostcalls;
use std::{
    cell::{OnceCell, RefCell},
    time::{Duration, Instant},
};

/// A stream that may wait.
pub(crate) trait Waiter: Clone {
    /// Looks at the stream, as if Envoy had called it; whether Envoy has something to do with it now. `is_due` where it has
    /// waited for as long as it may.
    fn wake(&self, is_due: bool) -> bool;
}

/// The streams of one root context that wait to be looked at again. No VM can wake another one, and a stream has no
/// timer of its own, so the root's tick looks after them: after a bounded number of them, since whatever they ask of Envoy
/// is done nested, on one stack.
pub(crate) struct Waiting<W> {
    /// Requests that wait for what their filter awaits.
    requests: RefCell<WaitingList<W>>,
    /// Responses that wait for the first chunk of their body.
    responses: RefCell<WaitingList<W>>,
}

impl<W> Default for Waiting<W> {
    fn default() -> Self {
        Self {
            requests: RefCell::default(),
            responses: RefCell::default(),
        }
    }
}

impl<W: Waiter> Waiting<W> {
    /// Has a request wait for what is awaited; `None` where too many wait already.
    pub(crate) fn add(&self, waiter: W, awaited: Awaited, bytes: usize) -> Option<Ticket> {
        self.add_to(&self.requests, waiter, awaited, bytes)
    }

    /// Has a response wait for the first chunk of its body; `None` where too many do already.
    pub(crate) fn hold(&self, waiter: W) -> Option<Ticket> {
        let awaited = Awaited {
            tenant: 0,
            patience: Some(MOST_HELD),
        };
        self.add_to(&self.responses, waiter, awaited, 0)
    }

    #[inline(never)]
    fn add_to(
        &self,
        list: &RefCell<WaitingList<W>>,
        waiter: W,
        awaited: Awaited,
        bytes: usize,
    ) -> Option<Ticket> {
        let due = steady_time().saturating_add(awaited.patience.unwrap_or(MOST_PATIENCE));
        let is_first = self.is_empty();
        let ticket = list
            .try_borrow_mut()
            .ok()?
            .add(awaited.tenant, due, bytes, waiter)?;
        // The root looks after the timer from then on. Setting it anew puts it off: a crowd that did so one by one would
        // never be looked at.
        if is_first {
            let _ = hostcalls::set_tick_period(WAKE);
        }
        Some(ticket)
    }

    /// The request waits no longer.
    pub(crate) fn leave(&self, ticket: Ticket) {
        leave(&self.requests, ticket);
    }

    /// The response waits no longer.
    pub(crate) fn let_go(&self, ticket: Ticket) {
        leave(&self.responses, ticket);
    }

    /// Wakes whoever is due, and looks at the others when `progress` has changed, each as if Envoy had called it. Ends at
    /// the bounds of one callback.
    pub(crate) fn wake(&self, root_context_id: u32, progress: impl FnOnce() -> u64) {
        let Ok(waits) = self.requests.try_borrow().map(|requests| !requests.is_empty()) else {
            return;
        };
        if waits
            && let progress = progress()
            && let Ok(mut requests) = self.requests.try_borrow_mut()
        {
            requests.begin(progress);
        }
        self.look_after(root_context_id, MOST_LET_GO, MOST_LOOKED_AT);
    }

    /// Looks at a few whose turn it is, at the end of the callback of a request that was stopped. Not of one that goes on: the host stops
    /// whatever request it is calling for when any other is answered.
    pub(crate) fn make_up(&self, context_id: u32) {
        if !self.is_empty() {
            self.look_after(context_id, MOST_MADE_UP, MOST_MADE_UP);
        }
    }

    /// Looks at those whose turn it is, within these bounds, in the callback of this context.
    fn look_after(&self, context_id: u32, most_let_go: usize, most_looked_at: usize) {
        let (mut let_go, mut looked_at) = (0, 0);
        let now = steady_time();
        while let_go < most_let_go && looked_at < most_looked_at {
            let Some((ticket, waiter)) = next(&self.requests, now).or_else(|| next(&self.responses, now))
            else {
                break;
            };
            looked_at += 1;
            let_go += usize::from(waiter.wake(ticket.is_due(now)));
        }
        if looked_at > 0 {
            let _ = hostcalls::set_effective_context(context_id);
        }
    }

    /// How long until somebody is to be looked at; `None` while nobody waits.
    pub(crate) fn next(&self) -> Option<Duration> {
        if self.is_empty() {
            return None;
        }
        let now = steady_time();
        let backlog = has_next(&self.requests, now) || has_next(&self.responses, now);
        Some(if backlog { NEXT_BATCH } else { WAKE })
    }

    fn is_empty(&self) -> bool {
        is_empty(&self.requests) && is_empty(&self.responses)
    }
}

#[inline(never)]
fn leave<T: Clone>(list: &RefCell<WaitingList<T>>, ticket: Ticket) {
    if let Ok(mut list) = list.try_borrow_mut() {
        list.leave(ticket);
    }
}

#[inline(never)]
fn has_next<T: Clone>(list: &RefCell<WaitingList<T>>, now: Duration) -> bool {
    list.try_borrow().is_ok_and(|list| list.has_next(now))
}

fn is_empty<T: Clone>(list: &RefCell<WaitingList<T>>) -> bool {
    list.try_borrow().is_ok_and(|list| list.is_empty())
}

#[inline(never)]
fn next<T: Clone>(list: &RefCell<WaitingList<T>>, now: Duration) -> Option<(Ticket, T)> {
    list.try_borrow_mut().ok()?.next(now)
}

/// A time that never jumps, unlike the clock: since this was asked first.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a stream waits is the host's affair, and no filter decides by it"
)]
#[inline(never)]
pub(crate) fn steady_time() -> Duration {
    ORIGIN.with(|origin| origin.get_or_init(Instant::now).elapsed())
}

thread_local! {
    static ORIGIN: OnceCell<Instant> = const { OnceCell::new() };
}
