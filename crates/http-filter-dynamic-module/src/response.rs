//! What becomes of a response: its headers, its body, its end.

use crate::{
    active::{Active, State, snapshot},
    http_stream::{Failed, HttpStream, failed_reply},
    mutation::mutate,
};
use envoy_dynamic_module_abi::{BodyStatus, HeaderMap, HeadersStatus, ResponseBody, Stream, TrailersStatus};
use http_filter::{BodyPlan, Headers, Held, Problem, ResponsePlan};

impl HttpStream {
    pub(crate) fn plan_response(&self, stream: Stream<'_>, end: bool) -> HeadersStatus {
        // Only a request that this filter let through has a response for it to look at: anything else is the reply of a filter
        // before it, or its own.
        if !matches!(self.active.borrow().state, State::Continued) {
            return HeadersStatus::Continue;
        }
        let response = snapshot(&stream, HeaderMap::Response).with_end_of_stream(end);
        let plan = self.ask(&stream, |handler, _, host| {
            handler.on_response_headers(&response, host)
        });
        match plan {
            Ok(plan) => self.plan(&stream, &response, &plan),
            Err(Failed) if self.filter.fails_closed() => self.reply(stream, &failed_reply()),
            Err(Failed) => self.plan(&stream, &response, &ResponsePlan::default()),
        }
    }

    fn plan(&self, stream: &Stream<'_>, response: &Headers, plan: &ResponsePlan) -> HeadersStatus {
        let host = Active::host(&self.filter, None, stream);
        mutate(stream, HeaderMap::Response, response, &plan.headers, &host);
        let (state, status) = match plan.body {
            BodyPlan::Pass => (State::Done, HeadersStatus::Continue),
            BodyPlan::Rewrite => (State::Rewriting, HeadersStatus::Continue),
            BodyPlan::Discard => (State::Discarding, HeadersStatus::Continue),
            BodyPlan::Hold { limit } => {
                let headers = Box::new(response.mutated(&plan.headers));
                (State::Holding { limit, headers }, HeadersStatus::StopIteration)
            }
        };
        self.active.borrow_mut().state = state;
        status
    }

    pub(crate) fn take_body(&self, stream: Stream<'_>, end: bool) -> BodyStatus {
        let limit = match &self.active.borrow().state {
            State::Holding { limit, .. } => Some(*limit),
            _ => None,
        };
        if let Some(limit) = limit {
            let size = body_size(&stream);
            if size > limit {
                self.release(&stream, Held::TooLarge);
            } else if end {
                self.release(&stream, Held::Whole(&whole_body(&stream)));
            } else {
                return BodyStatus::StopIterationAndBuffer;
            }
        }
        self.pass_on(&stream, end)
    }

    /// Does what was planned for what there is of the body.
    fn pass_on(&self, stream: &Stream<'_>, end: bool) -> BodyStatus {
        match self.active.borrow().state {
            State::Discarding => {
                drain_body(stream);
                return BodyStatus::Continue;
            }
            State::Rewriting => {}
            _ => return BodyStatus::Continue,
        }
        let chunk = whole_body(stream);
        let rewritten = self.ask(stream, |handler, _, host| {
            handler.on_response_body(&chunk, end, host)
        });
        // Half a rewriting is none: what is left of it goes on as it came.
        let rewritten = rewritten.unwrap_or_else(|Failed| {
            self.active.borrow_mut().state = State::Done;
            None
        });
        if let Some(rewritten) = rewritten {
            drain_body(stream);
            stream.append_body(ResponseBody::Received, &rewritten);
        }
        BodyStatus::Continue
    }

    pub(crate) fn take_trailers(&self, stream: Stream<'_>) -> TrailersStatus {
        let is_held = matches!(self.active.borrow().state, State::Holding { .. });
        if is_held {
            // What was held is whole, and yet as good as lost: nothing can be made of it that ends before its trailers.
            self.release(&stream, Held::Lost);
            if matches!(self.active.borrow().state, State::Discarding) {
                stream.drain_body(ResponseBody::Buffered);
            }
            return TrailersStatus::Continue;
        }
        if !matches!(self.active.borrow().state, State::Rewriting) {
            return TrailersStatus::Continue;
        }
        let is_whole = self.ask(&stream, |handler, _, host| handler.on_response_trailers(host));
        if is_whole.unwrap_or(false) {
            return TrailersStatus::Continue;
        }
        // A reply behind a response's headers ends the stream as broken off.
        let cut_off = Problem::new(502, "cut_off", "Trailers follow a body that isn't whole");
        self.reply(stream, &cut_off.into_reply());
        TrailersStatus::StopIteration
    }

    /// Lets a held response go.
    fn release(&self, stream: &Stream<'_>, held: Held<'_>) {
        let state = std::mem::replace(&mut self.active.borrow_mut().state, State::Done);
        let State::Holding { headers, .. } = state else {
            return;
        };
        let plan = self.ask(stream, |handler, _, host| handler.on_response_held(held, host));
        let plan = plan.unwrap_or_else(|Failed| ResponsePlan::default());
        let host = Active::host(&self.filter, None, stream);
        mutate(stream, HeaderMap::Response, &headers, &plan.headers, &host);
        self.active.borrow_mut().state = match plan.body {
            BodyPlan::Discard => State::Discarding,
            BodyPlan::Rewrite => State::Rewriting,
            BodyPlan::Pass | BodyPlan::Hold { .. } => State::Done,
        };
    }
}

fn body_size(stream: &Stream<'_>) -> usize {
    let received = stream.body_size(ResponseBody::Received);
    if stream.received_is_buffered() {
        received
    } else {
        received.saturating_add(stream.body_size(ResponseBody::Buffered))
    }
}

/// What was buffered, and what has come since.
fn whole_body(stream: &Stream<'_>) -> Vec<u8> {
    let mut body = Vec::with_capacity(body_size(stream));
    if !stream.received_is_buffered() {
        stream.copy_body(ResponseBody::Buffered, &mut body);
    }
    stream.copy_body(ResponseBody::Received, &mut body);
    body
}

fn drain_body(stream: &Stream<'_>) {
    if !stream.received_is_buffered() {
        stream.drain_body(ResponseBody::Buffered);
    }
    stream.drain_body(ResponseBody::Received);
}
