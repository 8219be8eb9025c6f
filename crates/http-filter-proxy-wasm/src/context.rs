use crate::{
    calls::{self, Dispatched},
    stream::{Active, Place, State},
    waiting::Waiting,
};
use http_filter::{CallResponse, FilterConfig, Headers, Held, Problem, Stream};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext},
    types::{Action, MapType},
};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

/// The context of one stream in Envoy: it carries out what the filter decides, and is the only one that does.
pub(crate) struct Http<C: FilterConfig> {
    active: Rc<RefCell<Active<C>>>,
}

impl<C: FilterConfig> Http<C> {
    pub(crate) fn new(context_id: u32, stream: Option<Stream<C>>, waiting: Rc<Waiting<Place<C>>>) -> Self {
        let active = Rc::new_cyclic(|active| {
            RefCell::new(Active {
                own: Place {
                    context_id,
                    active: Weak::clone(active),
                },
                stream,
                waiting,
                request: Headers::default(),
                state: State::New,
            })
        });
        Self { active }
    }

    fn answered(&self, token: u32, response: impl FnOnce(Dispatched) -> CallResponse) {
        Active::with(&self.active, (), |active| match active.state {
            State::Calling(call) if call.token == token => {
                let response = response(call);
                let decision = active
                    .stream
                    .as_mut()
                    .map(|stream| stream.on_call_response(&active.request, response, &Active::<C>::VM));
                active.carry_out(decision.unwrap_or_default());
            }
            // An answer that nobody waits for any more.
            _ => {}
        });
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
        let action = Active::with(&self.active, Action::Continue, |active| {
            active.request = Headers::lazy(request_headers).with_end_of_stream(end_of_stream);
            let decision = match &mut active.stream {
                Some(stream) => stream.on_request_headers(&active.request, &Active::<C>::VM),
                // Envoy runs no stream on a plugin that was refused; should it do so, nothing gets through.
                None => Problem::new(503, "not_configured", "A filter of this proxy isn't configured")
                    .into_reply()
                    .into(),
            };
            active.carry_out(decision)
        });
        if action == Action::Pause {
            Active::make_up(&self.active);
        }
        action
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
            let response = Headers::lazy(response_headers).with_end_of_stream(end_of_stream);
            let plan = stream.on_response_headers(&response, &Active::<C>::VM);
            active.plan(response, plan)
        })
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            active.response_body(size, end_of_stream)
        })
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        Active::with(&self.active, Action::Continue, |active| {
            match active.state {
                // What was buffered is complete now, but can be read no more.
                State::Holding { .. } => active.release(Held::Lost, None),
                State::Rewriting => return active.rewritten_before_trailers(),
                _ => {}
            }
            Action::Continue
        })
    }
}

fn request_headers() -> Vec<(String, Vec<u8>)> {
    hostcalls::get_map_bytes(MapType::HttpRequestHeaders).unwrap_or_default()
}

fn response_headers() -> Vec<(String, Vec<u8>)> {
    hostcalls::get_map_bytes(MapType::HttpResponseHeaders).unwrap_or_default()
}
