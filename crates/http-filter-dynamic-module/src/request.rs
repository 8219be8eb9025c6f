//! What becomes of a request: it goes on, is answered, or waits.

use crate::{
    active::{Active, Calling, State},
    answer::Answer,
    calls,
    http_stream::{Failed, HttpStream},
    mutation::mutate,
    place::Place,
    publication::{pass_on, publish},
    replies,
    timer::Timer,
    waker::Waker,
};
use envoy_dynamic_module_abi::{CallEvent, HeaderMap, HeadersStatus, Stream};
use http_filter::{
    Call, CallFailure, CallResponse, Changes, Decision, LocalReply, Problem, WaitEnd, held_bytes,
};
use std::{sync::Arc, time::Duration};

impl HttpStream {
    /// Does what the filter decided about the request. The stream may have ended when this returns.
    pub(crate) fn carry_out(&self, stream: Stream<'_>, mut decision: Decision) -> HeadersStatus {
        let was_held = self.holds_request();
        for _ in 0..MAX_FAILED_CALLS {
            decision = match decision {
                Decision::Continue(changes) => {
                    self.change(&stream, &changes);
                    if was_held {
                        stream.continue_request();
                    }
                    return HeadersStatus::Continue;
                }
                Decision::Reply(reply) => return self.reply(stream, &reply),
                Decision::Wait if self.wait(&stream) => return HeadersStatus::StopAllIterationAndWatermark,
                Decision::Wait => self.decide_without(&stream, WaitEnd::TooMany),
                Decision::Call(call) => match self.call(&stream, &call) {
                    None => return HeadersStatus::StopAllIterationAndWatermark,
                    Some(response) => self.decide_by(&stream, response),
                },
            };
        }
        let problem = Problem::new(
            503,
            "calls_failed",
            "A service that decides about this request can't be reached",
        );
        self.reply(stream, &problem.into_reply())
    }

    fn decide_by(&self, stream: &Stream<'_>, response: CallResponse) -> Decision {
        let decision = self.ask(stream, |handler, request, host| {
            handler.on_call_response(request, response, host)
        });
        decision.unwrap_or_else(|Failed| self.failed())
    }

    fn decide_without(&self, stream: &Stream<'_>, why: WaitEnd) -> Decision {
        let decision = self.ask(stream, |handler, request, host| {
            handler.on_wait_end(request, why, host)
        });
        decision.unwrap_or_else(|Failed| self.failed())
    }

    fn change(&self, stream: &Stream<'_>, changes: &Changes) {
        let mut active = self.active.borrow_mut();
        let request = std::mem::take(&mut active.request);
        active.state = State::Continued;
        active.place = None;
        for name in changes.removed(&request) {
            stream.remove_header(HeaderMap::Request, &name);
        }
        let host = Active::host(&self.filter, None, stream);
        mutate(stream, HeaderMap::Request, &request, &changes.headers, &host);
        publish(stream, &changes.properties);
        pass_on(stream, &changes.passed_on);
        if changes.reroute {
            stream.clear_route_cache();
        }
    }

    /// Answers the client. The stream may have ended when this returns.
    pub(crate) fn reply(&self, stream: Stream<'_>, reply: &LocalReply) -> HeadersStatus {
        let is_grpc = {
            let mut active = self.active.borrow_mut();
            active.state = State::Replied;
            active.place = None;
            active.request.is_grpc()
        };
        replies::send(stream, reply, is_grpc);
        HeadersStatus::StopIteration
    }

    /// Has the stream looked at again: when a call of its configuration is answered, and after [`WAKE`] at the latest. False
    /// where as many wait as may.
    fn wait(&self, stream: &Stream<'_>) -> bool {
        let mut active = self.active.borrow_mut();
        if active.place.is_none() {
            let bytes = held_bytes(&active.request);
            active.place = Place::take(&active.instance.room, active.stream.awaited(), bytes);
        }
        let Some(left) = active.place.as_ref().map(Place::left) else {
            return false;
        };
        active.state = State::Waiting;
        let waker = active
            .waker
            .get_or_insert_with(|| Arc::new(Waker::new(stream.scheduler())));
        let sleeper = Arc::downgrade(waker);
        Timer::of_process().wake_after(WAKE.min(left), self.filter.owner(), sleeper);
        self.filter.hurry();
        true
    }

    /// The stream has waited a while.
    pub(crate) fn look_again(&self, stream: Stream<'_>) {
        let is_due = {
            let active = self.active.borrow();
            if let Some(waker) = &active.waker {
                waker.looked();
            }
            if !matches!(active.state, State::Waiting) {
                return;
            }
            let host = Active::host(&self.filter, None, &stream);
            active.instance.tick_on_worker(true, &host);
            active.place.as_ref().is_some_and(Place::is_due)
        };
        let decision = if is_due {
            self.decide_without(&stream, WaitEnd::TooLong)
        } else {
            let decision = self.ask(&stream, |handler, request, host| handler.on_wake(request, host));
            decision.unwrap_or_else(|Failed| self.failed())
        };
        self.carry_out(stream, decision);
    }

    /// Sends a call; the answer, where it came at once.
    fn call(&self, stream: &Stream<'_>, call: &Call) -> Option<CallResponse> {
        let calling = Calling {
            id: None,
            answer: Answer::to(call),
            is_being_sent: true,
            early: None,
        };
        self.active.borrow_mut().state = State::Calling(calling);
        let sent = calls::send(call, |outgoing| stream.call(outgoing));
        let mut active = self.active.borrow_mut();
        let State::Calling(calling) = &mut active.state else {
            return None;
        };
        calling.is_being_sent = false;
        match sent {
            Ok(id) => {
                calling.id = Some(id);
                calling.early.take()
            }
            Err(_) => Some(CallResponse::Failed(CallFailure::NotDispatched)),
        }
    }

    /// Something of an answer has come. The stream may have ended when this returns.
    pub(crate) fn take_answer(&self, stream: Stream<'_>, id: u64, event: CallEvent<'_>) {
        let is_over = matches!(event, CallEvent::Complete | CallEvent::Reset);
        let response = {
            let mut active = self.active.borrow_mut();
            let State::Calling(calling) = &mut active.state else {
                return;
            };
            if calling.early.is_some() || *calling.id.get_or_insert(id) != id {
                return;
            }
            let Some(response) = calling.answer.take_in(event) else {
                return;
            };
            if calling.is_being_sent {
                calling.early = Some(response);
                return;
            }
            // What comes of the call from here on is nobody's.
            active.state = State::Waiting;
            response
        };
        if !is_over {
            stream.reset_call(id);
        }
        let decision = self.decide_by(&stream, response);
        self.carry_out(stream, decision);
    }

    /// While the request is held, so are its body and trailers.
    pub(crate) fn holds_request(&self) -> bool {
        let active = self.active.borrow();
        matches!(active.state, State::Calling(_) | State::Waiting | State::Replied)
    }
}

/// How long a stream waits at most between two looks.
const WAKE: Duration = Duration::from_millis(50);

/// How many calls in a row may fail to be sent before the request is answered with 503.
const MAX_FAILED_CALLS: usize = 8;
