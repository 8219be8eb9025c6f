use crate::{
    calls::{self, Dispatched},
    mutation::mutate,
    replies,
    vm::Vm,
    waiting::Waiting,
};
use http_filter::{
    BodyPlan, Call, CallFailure, CallResponse, Changes, Decision, FilterConfig, Headers, Host, LocalReply,
    Problem, ResponsePlan, Stream,
};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext},
    types::{Action, BufferType, MapType},
};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// The context of one stream in Envoy: it carries out what the filter decides, and is the only one that does.
pub(crate) struct Http<C: FilterConfig> {
    active: Rc<RefCell<Active<C>>>,
}

/// A stream's state, shared with the root while the stream waits.
pub(crate) struct Active<C: FilterConfig> {
    context_id: u32,
    stream: Option<Stream<C>>,
    waiting: Rc<Waiting<C>>,
    state: State,
    is_grpc: bool,
}

enum State {
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

impl<C: FilterConfig> Http<C> {
    pub(crate) fn new(context_id: u32, stream: Option<Stream<C>>, waiting: Rc<Waiting<C>>) -> Self {
        let active = Active {
            context_id,
            stream,
            waiting,
            state: State::New,
            is_grpc: false,
        };
        Self {
            active: Rc::new(RefCell::new(active)),
        }
    }

    fn answered(&self, token: u32, response: impl FnOnce(Dispatched) -> CallResponse) {
        Active::with(&self.active, (), |active| match active.state {
            State::Calling(call) if call.token == token => {
                let response = response(call);
                let decision = active
                    .stream
                    .as_mut()
                    .map(|stream| stream.on_call_response(response, &Active::<C>::VM));
                active.carry_out(decision.unwrap_or_default(), &self.active);
            }
            // An answer that nobody waits for any more.
            _ => {}
        });
    }
}

impl<C: FilterConfig> Active<C> {
    const VM: Vm = Vm { prefix: C::NAME };

    /// Runs `action` on the stream, or answers `otherwise` in the impossible case that it's running already.
    fn with<T>(shared: &Rc<RefCell<Self>>, otherwise: T, action: impl FnOnce(&mut Self) -> T) -> T {
        shared
            .try_borrow_mut()
            .map_or(otherwise, |mut active| action(&mut active))
    }

    /// A tick has come while the stream waits.
    pub(crate) fn wake(shared: &Rc<RefCell<Self>>) {
        Self::with(shared, (), |active| match &active.state {
            State::Waiting => {
                let decision = active.stream.as_mut().map(|stream| stream.on_wake(&Self::VM));
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
                active.release(None);
                let _ = hostcalls::resume_http_response();
            }
            _ => {}
        });
    }

    /// Does what the filter decided about the request.
    fn carry_out(&mut self, mut decision: Decision, shared: &Rc<RefCell<Self>>) -> Action {
        let held = matches!(self.state, State::Calling(_) | State::Waiting);
        for _ in 0..MAX_FAILED_CALLS {
            decision = match decision {
                Decision::Continue(changes) => {
                    self.change(&changes);
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
                            .map(|stream| stream.on_call_response(response, &Self::VM))
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
        if let Some(request) = self.stream.as_ref().and_then(Stream::request) {
            let mutation = changes.mutation();
            mutate(MapType::HttpRequestHeaders, request, &mutation, C::NAME);
        }
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
        replies::send(reply, self.is_grpc);
        Action::Pause
    }

    fn plan(&mut self, response: Headers, plan: ResponsePlan, shared: &Rc<RefCell<Self>>) -> Action {
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

    /// Lets a held response go, with its whole body or as one that could not be held.
    fn release(&mut self, body: Option<&[u8]>) {
        let State::Holding { headers, .. } = std::mem::replace(&mut self.state, State::Done) else {
            return;
        };
        let Some(stream) = &mut self.stream else { return };
        let plan = stream.on_response_held(body, &Self::VM);
        if plan.body == BodyPlan::Discard {
            self.state = State::Replied;
            replies::send_without_body(&headers.mutated(&plan.headers));
        } else {
            mutate(MapType::HttpResponseHeaders, &headers, &plan.headers, C::NAME);
        }
    }

    fn response_body(&mut self, size: usize, end: bool) -> Action {
        match &mut self.state {
            State::Discarding => {
                let _ = hostcalls::set_buffer(BufferType::HttpResponseBody, 0, size, &[]);
                Action::Continue
            }
            State::Rewriting => {
                let chunk = chunk(size);
                let rewritten = self
                    .stream
                    .as_mut()
                    .and_then(|stream| stream.on_response_body(&chunk, end, &Self::VM));
                if let Some(rewritten) = rewritten {
                    let _ = hostcalls::set_buffer(BufferType::HttpResponseBody, 0, size, &rewritten);
                }
                Action::Continue
            }
            State::Holding { limit, give_up, .. } => {
                // The body comes, so holding works here.
                *give_up = None;
                if size > *limit {
                    self.release(None);
                } else if end {
                    self.release(Some(&chunk(size)));
                } else {
                    return Action::Pause;
                }
                if matches!(self.state, State::Replied) {
                    Action::Pause
                } else {
                    Action::Continue
                }
            }
            State::Replied => Action::Continue,
            _ => Action::Continue,
        }
    }

    /// While the request is held, so are its body and trailers: they would release it where Envoy is set to
    /// `allow_on_headers_stop_iteration`.
    fn request_continues(&self) -> Action {
        match self.state {
            State::Calling(_) | State::Waiting | State::Replied => Action::Pause,
            _ => Action::Continue,
        }
    }
}

impl<C: FilterConfig> Context for Http<C> {
    fn on_http_call_response(&mut self, token: u32, num_headers: usize, body_size: usize, _: usize) {
        self.answered(token, |call| calls::http_response(call, num_headers, body_size));
    }

    fn on_grpc_call_response(&mut self, token: u32, status: u32, size: usize) {
        self.answered(token, |call| calls::grpc_response(call, status, size));
    }
}

impl<C: FilterConfig> HttpContext for Http<C> {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            let request = snapshot(MapType::HttpRequestHeaders, end_of_stream);
            active.is_grpc = request.is_grpc();
            let decision = match &mut active.stream {
                Some(stream) => stream.on_request_headers(request, &Active::<C>::VM),
                // Envoy runs no stream on a plugin that was refused; should it do so, nothing gets through.
                None => Problem::new(503, "not_configured", "A filter of this proxy isn't configured")
                    .into_reply()
                    .into(),
            };
            active.carry_out(decision, &self.active)
        })
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            active.request_continues()
        })
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            active.request_continues()
        })
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            // Only a request that this filter let through has a response for it to look at: anything else is its own
            // reply, or the reply of a filter before it.
            let (State::Continued, Some(stream)) = (&active.state, &mut active.stream) else {
                return Action::Continue;
            };
            let response = snapshot(MapType::HttpResponseHeaders, end_of_stream);
            let plan = stream.on_response_headers(&response, &Active::<C>::VM);
            active.plan(response, plan, &self.active)
        })
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            active.response_body(size, end_of_stream)
        })
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            // What was buffered is complete now, but can be read no more.
            if matches!(active.state, State::Holding { .. }) {
                active.release(None);
            }
            Action::Continue
        })
    }
}

fn snapshot(map: MapType, end_of_stream: bool) -> Headers {
    Headers::new(hostcalls::get_map_bytes(map).unwrap_or_default()).with_end_of_stream(end_of_stream)
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
