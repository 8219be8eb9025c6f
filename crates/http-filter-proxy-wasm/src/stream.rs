use crate::{
    calls::{self, Dispatched},
    mutation::mutate,
    replies,
    vm::Vm,
    waiting::Waiting,
};
use http_filter::{
    BodyPlan, Call, CallFailure, CallResponse, Changes, Decision, FilterConfig, Headers, Held, Host,
    LocalReply, Problem, ResponsePlan, Stream,
};
use proxy_wasm::{
    hostcalls,
    types::{Action, BufferType, MapType},
};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// A stream's state, shared with the root while the stream waits.
pub(crate) struct Active<C: FilterConfig> {
    pub(crate) context_id: u32,
    pub(crate) stream: Option<Stream<C>>,
    pub(crate) waiting: Rc<Waiting<C>>,
    /// The request, until it has gone on.
    pub(crate) request: Headers,
    pub(crate) state: State,
}

pub(crate) enum State {
    /// The filter hasn't seen the request.
    New,
    /// The request waits for this call's answer.
    Calling(Dispatched),
    /// The request waits for the next tick.
    Waiting,
    /// The request has gone on.
    Continued,
    /// This filter has answered; what comes back through it is its own reply.
    Replied,
    /// Every chunk of the response's body goes through the filter.
    Rewriting,
    /// Every chunk of the response's body is dropped.
    Discarding,
    /// The response's headers and body are held, up to a limit in bytes, the first chunk until a time.
    Holding {
        limit: usize,
        give_up: Option<Duration>,
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

    /// A tick has come while the stream waits.
    pub(crate) fn wake(shared: &Rc<RefCell<Self>>) {
        Self::with(shared, (), |active| match &active.state {
            State::Waiting => {
                let decision = active
                    .stream
                    .as_mut()
                    .map(|stream| stream.on_wake(&active.request, &Self::VM));
                active.carry_out(decision.unwrap_or_default(), shared);
            }
            State::Holding {
                give_up: Some(until), ..
            } if Self::VM.now() < *until => {
                active.waiting.add(active.context_id, shared);
            }
            State::Holding { give_up: Some(_), .. } => {
                // Envoy isn't going to send the body: the plugin's configuration lacks what holding needs.
                Self::VM.count("hold_given_up", 1);
                active.release(Held::Lost, Some(0));
                let _ = hostcalls::resume_http_response();
            }
            _ => {}
        });
    }

    /// Does what the filter decided about the request.
    pub(crate) fn carry_out(&mut self, mut decision: Decision, shared: &Rc<RefCell<Self>>) -> Action {
        let held = matches!(self.state, State::Calling(_) | State::Waiting);
        for _ in 0..MAX_FAILED_CALLS {
            decision = match decision {
                Decision::Continue(changes) => {
                    self.change(&changes);
                    self.request = Headers::default();
                    self.state = State::Continued;
                    if held {
                        let _ = hostcalls::resume_http_request();
                    }
                    return Action::Continue;
                }
                Decision::Reply(reply) => return self.reply(&reply),
                Decision::Wait => {
                    self.state = State::Waiting;
                    self.waiting.add(self.context_id, shared);
                    return Action::Pause;
                }
                Decision::Call(call) => match self.dispatch(&call) {
                    Ok(dispatched) => {
                        self.state = State::Calling(dispatched);
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
        self.reply(
            &Problem::new(
                503,
                "calls_failed",
                "A service that decides about this request can't be reached",
            )
            .into_reply(),
        )
    }

    fn dispatch(&self, call: &Call) -> Result<Dispatched, CallFailure> {
        // A tick's own context is the root: a call made from there would be answered there.
        if matches!(self.state, State::Waiting) {
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
        for (name, value) in &changes.properties {
            let _ = hostcalls::set_property(vec![name], Some(value));
        }
        if changes.reroute {
            // Hosts that know no such function choose the route anew by themselves.
            let _ = hostcalls::call_foreign_function("clear_route_cache", None);
        }
    }

    fn reply(&mut self, reply: &LocalReply) -> Action {
        self.state = State::Replied;
        replies::send(reply, self.request.is_grpc());
        Action::Pause
    }

    pub(crate) fn plan(
        &mut self,
        response: Headers,
        plan: ResponsePlan,
        shared: &Rc<RefCell<Self>>,
    ) -> Action {
        mutate(MapType::HttpResponseHeaders, &response, &plan.headers, C::NAME);
        self.state = match plan.body {
            BodyPlan::Pass => State::Done,
            BodyPlan::Rewrite => State::Rewriting,
            BodyPlan::Discard => State::Discarding,
            BodyPlan::Hold { limit } => {
                let give_up = Some(Self::VM.now().saturating_add(GIVE_UP));
                self.state = State::Holding {
                    limit,
                    give_up,
                    headers: Box::new(response.mutated(&plan.headers)),
                };
                self.waiting.add(self.context_id, shared);
                return Action::Pause;
            }
        };
        Action::Continue
    }

    /// Lets a held response go, with its whole body or as one that could not be held. `buffered` is how much of the body
    /// is there to be dropped, `None` where it's out of reach.
    pub(crate) fn release(&mut self, held: Held<'_>, buffered: Option<usize>) {
        let State::Holding { headers, .. } = std::mem::replace(&mut self.state, State::Done) else {
            return;
        };
        let Some(stream) = &mut self.stream else { return };
        let plan = stream.on_response_held(held, &Self::VM);
        let discard = plan.body == BodyPlan::Discard;
        let Some(buffered) = buffered.or((!discard).then_some(0)) else {
            // Filters that see responses after this one miss it: it's sent past them.
            self.state = State::Replied;
            replies::send_without_body(&headers.mutated(&plan.headers));
            return;
        };
        mutate(MapType::HttpResponseHeaders, &headers, &plan.headers, C::NAME);
        match plan.body {
            BodyPlan::Discard => {
                self.state = State::Discarding;
                self.drop_body(buffered);
            }
            BodyPlan::Rewrite => self.state = State::Rewriting,
            BodyPlan::Pass | BodyPlan::Hold { .. } => {}
        }
    }

    fn drop_body(&self, size: usize) {
        if size > 0 {
            let _ = hostcalls::set_buffer(BufferType::HttpResponseBody, 0, size, &[]);
        }
    }

    pub(crate) fn response_body(&mut self, size: usize, end: bool) -> Action {
        let mut held = None;
        if let State::Holding { limit, give_up, .. } = &mut self.state {
            // The body comes, so holding works here.
            *give_up = None;
            if size > *limit {
                self.release(Held::TooLarge, Some(size));
            } else if end {
                self.release(Held::Whole(held.insert(chunk(size))), Some(size));
            } else {
                return Action::Pause;
            }
            if matches!(self.state, State::Discarding) {
                // What there is of it is dropped already.
                return Action::Continue;
            }
        }
        match &self.state {
            State::Discarding => self.drop_body(size),
            State::Rewriting => {
                let chunk = held.unwrap_or_else(|| chunk(size));
                let rewritten = self
                    .stream
                    .as_mut()
                    .and_then(|stream| stream.on_response_body(&chunk, end, &Self::VM));
                if let Some(rewritten) = rewritten {
                    let _ = hostcalls::set_buffer(BufferType::HttpResponseBody, 0, size, &rewritten);
                }
            }
            _ => {}
        }
        Action::Continue
    }

    /// No chunk was the last, and nothing can be added to what went on.
    pub(crate) fn rewritten_before_trailers(&mut self) -> Action {
        let is_whole = self
            .stream
            .as_mut()
            .is_none_or(|stream| stream.on_response_trailers(&Self::VM));
        if is_whole {
            return Action::Continue;
        }
        // A reply behind a response's headers ends the stream as broken off.
        self.reply(&Problem::new(502, "cut_off", "Trailers follow a body that isn't whole").into_reply())
    }

    /// While the request is held, so are its body and trailers: they would release it where Envoy is set to
    /// `allow_on_headers_stop_iteration`.
    pub(crate) fn request_continues(&self) -> Action {
        match self.state {
            State::Calling(_) | State::Waiting | State::Replied => Action::Pause,
            _ => Action::Continue,
        }
    }
}

fn chunk(size: usize) -> Vec<u8> {
    if size == 0 {
        return Vec::new();
    }
    hostcalls::get_buffer(BufferType::HttpResponseBody, 0, size)
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// How long to wait for the first chunk of a held body: Envoy sends it at once, or never.
const GIVE_UP: Duration = Duration::from_millis(100);

/// How many calls in a row may fail to be sent before the request is answered with 503.
const MAX_FAILED_CALLS: usize = 8;
