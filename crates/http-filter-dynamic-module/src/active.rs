use crate::{
    answer::Answer, counters::Counting, filter::Filter, instance::Instance, native_host::NativeHost,
    place::Place, route_override::RouteOverride, waker::Waker,
};
use envoy_dynamic_module_abi::{HeaderMap, PackedFields, Stream, StreamScheduler};
use http_filter::{AnyStream, CallResponse, Headers};
use std::{cell::Cell, rc::Rc, sync::Arc};

/// A stream at work.
pub(crate) struct Active {
    pub(crate) stream: Box<dyn AnyStream>,
    pub(crate) instance: Rc<Instance>,
    /// The request, until it has gone on.
    pub(crate) request: Headers,
    pub(crate) state: State,
    /// Made when the stream waits for the first time.
    pub(crate) waker: Option<Arc<Waker<StreamScheduler>>>,
    /// While the request waits to be looked at again.
    pub(crate) place: Option<Place>,
    /// What the route says of this filter.
    pub(crate) route: Option<Arc<RouteOverride>>,
}

pub(crate) enum State {
    /// The filter hasn't seen the request.
    New,
    /// The request waits for this call's answer.
    Calling(Calling),
    /// The request waits to be looked at again.
    Waiting,
    /// The request has gone on.
    Continued,
    /// This filter has answered.
    Replied,
    /// Every chunk of the response's body goes through the filter.
    Rewriting,
    /// Every chunk of the response's body is dropped.
    Discarding,
    /// The response's headers and body are held, up to a limit in bytes.
    Holding { limit: usize, headers: Box<Headers> },
    /// The filter has nothing more to do with this stream.
    Done,
}

pub(crate) struct Calling {
    /// What Envoy calls it; the answer may come before that is known.
    pub(crate) id: Option<u64>,
    pub(crate) answer: Answer,
    /// It's being sent: an answer that comes meanwhile is kept for the one who sends it.
    pub(crate) is_being_sent: bool,
    pub(crate) early: Option<CallResponse>,
}

impl Active {
    /// The proxy, for as long as one hook runs.
    pub(crate) fn host<'a>(
        filter: &'a Filter,
        route: Option<&'a RouteOverride>,
        stream: &'a Stream<'a>,
    ) -> NativeHost<'a> {
        NativeHost {
            filter: filter.name(),
            name_space: filter.name_space(),
            counters: &filter.counters,
            counting: Counting::Stream(stream),
            route,
            now: Cell::new(None),
        }
    }
}

/// The header fields as they are now.
pub(crate) fn snapshot(stream: &Stream<'_>, map: HeaderMap) -> Headers {
    let PackedFields { names, values, ends } = stream.headers(map);
    Headers::packed(names, values, ends)
}
