use crate::{
    mutation::mutate,
    replies,
    stream::{Active, State},
};
use http_filter::{BodyPlan, FilterConfig, Headers, Held, Host, Problem, ResponsePlan};
use proxy_wasm::{
    hostcalls,
    types::{Action, BufferType, MapType},
};

/// The way back: what becomes of the response.
impl<C: FilterConfig> Active<C> {
    pub(crate) fn plan(&mut self, response: Headers, plan: ResponsePlan) -> Action {
        mutate(MapType::HttpResponseHeaders, &response, &plan.headers, C::NAME);
        self.state = match plan.body {
            BodyPlan::Pass => State::Done,
            BodyPlan::Rewrite => State::Rewriting,
            BodyPlan::Discard => State::Discarding,
            BodyPlan::Hold { limit } => {
                let waits = self.waiting.hold(self.own.clone());
                let is_held = waits.is_some();
                self.state = State::Holding {
                    limit,
                    waits,
                    headers: Box::new(response.mutated(&plan.headers)),
                };
                if !is_held {
                    Self::VM.count("hold_given_up", 1);
                    self.release(Held::Lost, Some(0));
                    return Action::Continue;
                }
                return Action::Pause;
            }
        };
        Action::Continue
    }

    /// Lets a held response go, with its whole body or as one that could not be held. `buffered` is how much of the body
    /// is there to be dropped, `None` where it's out of reach.
    pub(crate) fn release(&mut self, held: Held<'_>, buffered: Option<usize>) {
        if !matches!(self.state, State::Holding { .. }) {
            return;
        }
        let State::Holding { headers, .. } = self.enter(State::Done) else {
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
        if let State::Holding { limit, waits, .. } = &mut self.state {
            // The body comes, so holding works here.
            if let Some(ticket) = waits.take() {
                self.waiting.let_go(ticket);
            }
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
