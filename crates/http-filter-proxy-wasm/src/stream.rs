use crate::{
    calls::{self, Dispatched},
    mutation::mutate,
    replies,
    vm::Vm,
    waiting::{Waiter, Waiting, steady_time},
};
use http_filter::{
    Call, CallFailure, CallResponse, Changes, Decision, FilterConfig, Headers, Held, Host, LocalReply,
    Problem, Stream, Ticket, WaitEnd, held_bytes,
};
use proxy_wasm::{
    hostcalls,
    types::{Action, MapType},
};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

/// A stream's state, shared with the root while the stream waits.
pub(crate) struct Active<C: FilterConfig> {
    /// Itself, for where it waits.
    pub(crate) own: Place<C>,
    pub(crate) stream: Option<Stream<C>>,
    pub(crate) waiting: Rc<Waiting<Place<C>>>,
    /// The request, until it has gone on.
    pub(crate) request: Headers,
    pub(crate) state: State,
}

/// A stream in Envoy: the context by which Envoy knows it, and its state for as long as it lasts.
pub(crate) struct Place<C: FilterConfig> {
    pub(crate) context_id: u32,
    pub(crate) active: Weak<RefCell<Active<C>>>,
}

impl<C: FilterConfig> Clone for Place<C> {
    fn clone(&self) -> Self {
        Self {
            context_id: self.context_id,
            active: Weak::clone(&self.active),
        }
    }
}

impl<C: FilterConfig> Waiter for Place<C> {
    fn wake(&self, is_due: bool) -> bool {
        self.active.upgrade().is_some_and(|active| {
            hostcalls::set_effective_context(self.context_id).is_ok() && Active::wake(&active, is_due)
        })
    }
}

pub(crate) enum State {
    /// The filter hasn't seen the request.
    New,
    /// The request waits for this call's answer.
    Calling(Dispatched),
    /// The request waits for what its filter awaits.
    Waiting(Ticket),
    /// The request has gone on.
    Continued,
    /// This filter has answered; what comes back through it is its own reply.
    Replied,
    /// Every chunk of the response's body goes through the filter.
    Rewriting,
    /// Every chunk of the response's body is dropped.
    Discarding,
    /// The response's headers and body are held, up to a limit in bytes; until the first chunk it waits.
    Holding {
        limit: usize,
        waits: Option<Ticket>,
        headers: Box<Headers>,
    },
    /// The filter has nothing more to do with this stream.
    Done,
}

impl<C: FilterConfig> Active<C> {
    pub(crate) const VM: Vm = Vm { prefix: C::NAME };

    /// Runs `action` on the stream, or answers `otherwise` in the impossible case that it's running already.
    pub(crate) fn with<T>(
        shared: &Rc<RefCell<Self>>,
        otherwise: T,
        action: impl FnOnce(&mut Self) -> T,
    ) -> T {
        shared
            .try_borrow_mut()
            .map_or(otherwise, |mut active| action(&mut active))
    }

    /// A tick looks at the stream while it waits; whether Envoy has something to do with it now. `is_due` where it has
    /// waited for as long as it may.
    fn wake(shared: &Rc<RefCell<Self>>, is_due: bool) -> bool {
        Self::with(shared, false, |active| match &active.state {
            State::Waiting(_) => {
                let why = is_due.then_some(WaitEnd::TooLong);
                let decision = active.look_again(why);
                active.carry_out(decision);
                let waits_on = matches!(active.state, State::Waiting(_));
                if waits_on && is_due {
                    active.reply_unreachable();
                }
                is_due || !waits_on
            }
            State::Holding { waits: Some(_), .. } if is_due => {
                // Envoy isn't going to send the body: the plugin's configuration lacks what holding needs.
                Self::VM.count("hold_given_up", 1);
                active.release(Held::Lost, Some(0));
                let _ = hostcalls::resume_http_response();
                true
            }
            _ => false,
        })
    }

    /// Looks after others that wait, at the end of a callback that has stopped this request.
    pub(crate) fn make_up(shared: &Rc<RefCell<Self>>) {
        // Not under the borrow: this request may be one of those.
        let own = shared
            .try_borrow()
            .map(|active| (active.own.context_id, Rc::clone(&active.waiting)));
        if let Ok((context_id, waiting)) = own {
            waiting.make_up(context_id);
        }
    }

    /// What becomes of a request that waits, or can't for this reason.
    #[inline(never)]
    fn look_again(&mut self, end: Option<WaitEnd>) -> Decision {
        let decision = self.stream.as_mut().map(|stream| match end {
            None => stream.on_wake(&self.request, &Self::VM),
            Some(why) => stream.on_wait_end(&self.request, why, &Self::VM),
        });
        decision.unwrap_or_default()
    }

    /// Does what the filter decided about the request.
    #[inline(never)]
    pub(crate) fn carry_out(&mut self, mut decision: Decision) -> Action {
        let held = matches!(self.state, State::Calling(_) | State::Waiting(_));
        for _ in 0..MAX_FAILED_CALLS {
            decision = match decision {
                Decision::Continue(changes) => {
                    self.change(&changes);
                    self.request = Headers::default();
                    self.enter(State::Continued);
                    if held {
                        let _ = hostcalls::resume_http_request();
                    }
                    return Action::Continue;
                }
                Decision::Reply(reply) => return self.reply(&reply),
                Decision::Wait if matches!(self.state, State::Waiting(_)) => return Action::Pause,
                Decision::Wait => match self.wait() {
                    Some(ticket) => {
                        self.enter(State::Waiting(ticket));
                        return Action::Pause;
                    }
                    None => self.look_again(Some(WaitEnd::TooMany)),
                },
                Decision::Call(call) => match self.dispatch(&call) {
                    Ok(dispatched) => {
                        self.enter(State::Calling(dispatched));
                        return Action::Pause;
                    }
                    Err(failure) => {
                        let response = CallResponse::Failed(failure);
                        self.stream
                            .as_mut()
                            .map(|stream| stream.on_call_response(&self.request, response, &Self::VM))
                            .unwrap_or_default()
                    }
                },
            };
        }
        self.reply_unreachable()
    }

    fn reply_unreachable(&mut self) -> Action {
        let title = "A service that decides about this request can't be reached";
        self.reply(&Problem::new(503, "calls_failed", title).into_reply())
    }

    fn wait(&self) -> Option<Ticket> {
        let awaited = self.stream.as_ref().map(Stream::awaited).unwrap_or_default();
        let bytes = held_bytes(&self.request);
        self.waiting.add(self.own.clone(), awaited, bytes)
    }

    /// Enters another state; where it waited, it no longer does.
    #[inline(never)]
    pub(crate) fn enter(&mut self, state: State) -> State {
        let left = std::mem::replace(&mut self.state, state);
        match &left {
            State::Waiting(ticket) => self.waiting.leave(*ticket),
            State::Holding {
                waits: Some(ticket), ..
            } => self.waiting.let_go(*ticket),
            _ => {}
        }
        left
    }

    fn dispatch(&self, call: &Call) -> Result<Dispatched, CallFailure> {
        // A tick's own context is the root: a call made from there would be answered there.
        if matches!(self.state, State::Waiting(_)) {
            Err(CallFailure::NotDispatched)
        } else {
            calls::dispatch(call)
        }
    }

    fn change(&self, changes: &Changes) {
        let request = &self.request;
        for name in changes.removed(request) {
            let _ = hostcalls::remove_map_value(MapType::HttpRequestHeaders, &name);
        }
        mutate(MapType::HttpRequestHeaders, request, &changes.headers, C::NAME);
        for (name, value) in changes.properties.iter().chain(&changes.passed_on) {
            let _ = hostcalls::set_property(vec![name], Some(value));
        }
        if changes.reroute {
            // Hosts that know no such function choose the route anew by themselves.
            let _ = hostcalls::call_foreign_function("clear_route_cache", None);
        }
    }

    pub(crate) fn reply(&mut self, reply: &LocalReply) -> Action {
        self.enter(State::Replied);
        replies::send(reply, self.request.is_grpc());
        Action::Pause
    }

    /// While the request is held, so are its body and trailers: they would release it where Envoy is set to
    /// `allow_on_headers_stop_iteration`. Should the tick be late, the request's own callbacks end its wait.
    pub(crate) fn request_continues(&mut self) -> Action {
        match self.state {
            State::Waiting(ticket) if ticket.is_due(steady_time()) => {
                let decision = self.look_again(Some(WaitEnd::TooLong));
                self.carry_out(decision);
                Action::Pause
            }
            State::Calling(_) | State::Waiting(_) | State::Replied => Action::Pause,
            _ => Action::Continue,
        }
    }
}

/// Whoever is gone gives its place free.
impl<C: FilterConfig> Drop for Active<C> {
    fn drop(&mut self) {
        self.enter(State::Done);
    }
}

/// How many calls in a row may fail to be sent before the request is answered with 503.
const MAX_FAILED_CALLS: usize = 8;
