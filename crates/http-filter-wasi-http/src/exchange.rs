//! One request and its response on their way through a filter, without I/O.

use crate::memory::{Clock, Memory, Publisher as _};
use http_filter::{
    AnyPlugin, AnyStream, BodyPlan, Call, CallResponse, Decision, Headers, Held, LocalReply, WaitEnd,
    bounds::{MOST_PATIENCE, WAKE},
};
use std::{collections::VecDeque, rc::Rc, time::Duration};

/// What is to be done next for a request.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send it on, with these headers; [`Exchange::on_response`] hears of the response.
    Forward(Headers),
    /// Answer the client.
    Reply(LocalReply),
    /// Make this call; [`Exchange::on_answer`] hears of its answer.
    Call(Call),
    /// Let this time pass, then [`Exchange::on_time`].
    Sleep(Duration),
}

/// One request and its response on their way through a filter.
pub struct Exchange<'a, C> {
    plugin: &'a dyn AnyPlugin,
    host: Rc<Memory<C>>,
    stream: Box<dyn AnyStream>,
    request: Headers,
    /// The calls of the filter's configuration that a waiting request has caused.
    ticks: VecDeque<(u32, Call)>,
    /// The token of the call on its way; `None` where it's the request's own.
    token: Option<u32>,
    waited: Duration,
}

impl<'a, C: Clock> Exchange<'a, C> {
    /// A request that has come.
    pub fn new(plugin: &'a dyn AnyPlugin, host: Rc<Memory<C>>, request: Headers) -> Self {
        host.forget_request();
        Self {
            plugin,
            host,
            stream: plugin.stream(),
            request,
            ticks: VecDeque::new(),
            token: None,
            waited: Duration::ZERO,
        }
    }

    /// What becomes of it, to begin with.
    pub fn begin(&mut self) -> Step {
        let decision = self.stream.on_request_headers(&self.request, &*self.host);
        self.step(decision)
    }

    /// A [`Step::Call`] is answered.
    pub fn on_answer(&mut self, response: CallResponse) -> Step {
        match self.token.take() {
            Some(token) => {
                // The next tick is when a request waits again.
                let _ = self.plugin.on_call_response(token, response, &*self.host);
                self.wait_on()
            }
            None => {
                let decision = self.stream.on_call_response(&self.request, response, &*self.host);
                self.step(decision)
            }
        }
    }

    /// The time of [`Step::Sleep`] has passed.
    pub fn on_time(&mut self) -> Step {
        self.waited += WAKE;
        self.tick();
        self.wait_on()
    }

    /// The response has come: its headers as the client gets them, and what happens to its body.
    pub fn on_response(&mut self, response: &Headers) -> (Headers, BodyPlan) {
        let plan = self.stream.on_response_headers(response, &*self.host);
        (response.mutated(&plan.headers), plan.body)
    }

    /// The body under [`BodyPlan::Hold`] has come; `headers` are those of [`on_response`](Self::on_response).
    pub fn on_held(&mut self, held: Held<'_>, headers: &Headers) -> (Headers, BodyPlan) {
        let plan = self.stream.on_response_held(held, &*self.host);
        (headers.mutated(&plan.headers), plan.body)
    }

    /// What rewrites the body under [`BodyPlan::Rewrite`], chunk by chunk.
    pub fn into_rewriter(self) -> Rewriter<C> {
        Rewriter {
            host: self.host,
            stream: self.stream,
        }
    }

    fn step(&mut self, decision: Decision) -> Step {
        match decision {
            Decision::Continue(changes) => {
                for (name, value) in changes.properties.iter().chain(&changes.passed_on) {
                    self.host.publish(name, value.clone());
                }
                Step::Forward(self.request.mutated(&changes.mutation(&self.request)))
            }
            Decision::Reply(reply) => Step::Reply(reply),
            Decision::Call(call) => Step::Call(call),
            Decision::Wait if self.waited.is_zero() && self.ticks.is_empty() => {
                self.tick();
                self.next_call().unwrap_or(Step::Sleep(WAKE))
            }
            Decision::Wait => Step::Sleep(WAKE),
        }
    }

    /// The work that Envoy would have the configuration do between requests.
    fn tick(&mut self) {
        self.ticks.extend(self.plugin.on_tick(&*self.host).calls);
    }

    fn next_call(&mut self) -> Option<Step> {
        let (token, call) = self.ticks.pop_front()?;
        self.token = Some(token);
        Some(Step::Call(call))
    }

    /// The request waits, and something may have come.
    fn wait_on(&mut self) -> Step {
        if let Some(step) = self.next_call() {
            return step;
        }
        let patience = self.stream.awaited().patience.unwrap_or(MOST_PATIENCE);
        let decision = match self.waited < patience {
            true => self.stream.on_wake(&self.request, &*self.host),
            false => self
                .stream
                .on_wait_end(&self.request, WaitEnd::TooLong, &*self.host),
        };
        match decision {
            Decision::Wait => Step::Sleep(WAKE),
            decision => self.step(decision),
        }
    }
}

/// A response's body on its way through a filter. It outlives the [`Exchange`], as bodies outlive the headers before them.
pub struct Rewriter<C> {
    host: Rc<Memory<C>>,
    stream: Box<dyn AnyStream>,
}

impl<C: Clock> Rewriter<C> {
    /// A chunk, as the client gets it: nothing where the filter waits for more. The last one has `end` set and may be empty.
    pub fn on_chunk(&mut self, chunk: Vec<u8>, end: bool) -> Vec<u8> {
        let rewritten = self.stream.on_response_body(&chunk, end, &*self.host);
        rewritten.unwrap_or(chunk)
    }
}
