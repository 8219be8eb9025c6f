use crate::{
    active::{Active, State, snapshot},
    counters::FAILED,
    filter::Filter,
    instance::Instance,
    route_override::RouteOverride,
};
use envoy_dynamic_module_abi::{
    BodyStatus, CallEvent, HeaderMap, HeadersStatus, HttpFilter, Stream, TrailersStatus,
};
use http_filter::{AnyStream, Decision, Headers, Host, LocalReply, Problem};
use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::Arc,
};

/// The handler of one stream in Envoy: it carries out what the filter decides, and is the only one that does.
///
/// Envoy may call it while it's being called, and destroy it: nothing is borrowed over a call that ends, answers or continues.
pub(crate) struct HttpStream {
    pub(crate) filter: Arc<Filter>,
    pub(crate) active: RefCell<Active>,
}

/// The filter has panicked.
pub(crate) struct Failed;

impl HttpStream {
    pub(crate) fn new(filter: Arc<Filter>, instance: Rc<Instance>) -> Self {
        let active = Active {
            stream: instance.plugin.stream(),
            instance,
            request: Headers::default(),
            state: State::New,
            waker: None,
            place: None,
            route: None,
        };
        Self {
            filter,
            active: RefCell::new(active),
        }
    }

    /// Has the filter decide something, with what it says the proxy is. When it fails, its thread begins anew with the next
    /// stream, and it's counted.
    pub(crate) fn ask<T>(
        &self,
        stream: &Stream<'_>,
        ask: impl FnOnce(&mut dyn AnyStream, &Headers, &dyn Host) -> T,
    ) -> Result<T, Failed> {
        let mut active = self.active.borrow_mut();
        let Active {
            stream: handler,
            request,
            route,
            ..
        } = &mut *active;
        let host = Active::host(&self.filter, route.as_deref(), stream);
        let asked = catch_unwind(AssertUnwindSafe(|| ask(handler.as_mut(), request, &host)));
        asked.map_err(|payload| {
            std::mem::forget(payload);
            host.count(FAILED, 1);
            Instance::forget(&self.filter);
            Failed
        })
    }

    /// What becomes of a request that the filter failed on.
    pub(crate) fn failed(&self) -> Decision {
        if self.filter.fails_closed() {
            failed_reply().into()
        } else {
            Decision::default()
        }
    }
}

/// The answer where a filter failed that must not be passed by.
pub(crate) fn failed_reply() -> LocalReply {
    Problem::new(500, FAILED, "A filter of this proxy failed").into_reply()
}

impl HttpFilter for HttpStream {
    fn request_headers(&self, stream: Stream<'_>, end: bool) -> HeadersStatus {
        {
            let mut active = self.active.borrow_mut();
            active.request = snapshot(&stream, HeaderMap::Request).with_end_of_stream(end);
            let route = stream.route_configuration();
            active.route = route.and_then(|route| route.downcast::<RouteOverride>().ok());
            let host = Active::host(&self.filter, None, &stream);
            active.instance.tick_on_worker(false, &host);
        }
        let decision = self.ask(&stream, |handler, request, host| {
            handler.on_request_headers(request, host)
        });
        self.carry_out(stream, decision.unwrap_or_else(|Failed| self.failed()))
    }

    fn request_body(&self, _: Stream<'_>, _: bool) -> BodyStatus {
        if self.holds_request() {
            BodyStatus::StopIterationAndWatermark
        } else {
            BodyStatus::Continue
        }
    }

    fn request_trailers(&self, _: Stream<'_>) -> TrailersStatus {
        if self.holds_request() {
            TrailersStatus::StopIteration
        } else {
            TrailersStatus::Continue
        }
    }

    fn response_headers(&self, stream: Stream<'_>, end: bool) -> HeadersStatus {
        self.plan_response(stream, end)
    }

    fn response_body(&self, stream: Stream<'_>, end: bool) -> BodyStatus {
        self.take_body(stream, end)
    }

    fn response_trailers(&self, stream: Stream<'_>) -> TrailersStatus {
        self.take_trailers(stream)
    }

    fn scheduled(&self, stream: Stream<'_>, _: u64) {
        self.look_again(stream);
    }

    fn call_event(&self, stream: Stream<'_>, call: u64, event: CallEvent<'_>) {
        self.take_answer(stream, call, event);
    }

    fn destroyed(&self) {
        // Envoy destroys it from within its own hooks, too.
        if let Ok(active) = self.active.try_borrow()
            && let Some(waker) = &active.waker
        {
            waker.close();
        }
    }
}
