use crate::{CallEvent, Configuration, Stream};
use std::{any::Any, rc::Rc, sync::Arc};

/// A dynamic module.
pub trait Module: Send + Sync + 'static {
    /// Envoy has loaded the module.
    fn loaded(&self) {}

    /// Makes the configuration of the filter `name`, on the main thread; `None` refuses it.
    fn configure(
        &self,
        configuration: &Configuration<'_>,
        name: &str,
        document: &[u8],
    ) -> Option<Arc<dyn FilterConfiguration>>;

    /// Makes a configuration by route for the filter `name`; `None` refuses it.
    fn configure_route(&self, name: &str, document: &[u8]) -> Option<RouteConfiguration>;

    /// A hook has panicked, and what it should have done is undone.
    fn panicked(&self, hook: &'static str);
}

/// A configuration by route: the module's own type.
pub type RouteConfiguration = Arc<dyn Any + Send + Sync>;

/// The configuration of a filter, of which all workers make streams.
pub trait FilterConfiguration: Send + Sync {
    /// A stream's filter, on the stream's worker; without one, Envoy closes the stream.
    fn filter(self: Arc<Self>, stream: &Stream<'_>) -> Option<Rc<dyn HttpFilter>>;

    /// A [scheduler](crate::ConfigurationScheduler) has committed `event`; on the main thread.
    fn scheduled(&self, configuration: &Configuration<'_>, event: u64);

    /// An answer comes to [`Configuration::call`]; on the main thread.
    fn call_event(&self, configuration: &Configuration<'_>, call: u64, event: CallEvent<'_>);

    /// Envoy has dropped the configuration. Schedulers must not commit any more when this returns.
    fn destroyed(&self);
}

/// What handles one stream, on one worker.
pub trait HttpFilter {
    /// The request's headers have come.
    fn request_headers(&self, stream: Stream<'_>, end: bool) -> HeadersStatus;

    /// Some of the request's body has come.
    fn request_body(&self, stream: Stream<'_>, end: bool) -> BodyStatus;

    /// The request's trailers have come.
    fn request_trailers(&self, stream: Stream<'_>) -> TrailersStatus;

    /// The response's headers have come.
    fn response_headers(&self, stream: Stream<'_>, end: bool) -> HeadersStatus;

    /// Some of the response's body has come.
    fn response_body(&self, stream: Stream<'_>, end: bool) -> BodyStatus;

    /// The response's trailers have come.
    fn response_trailers(&self, stream: Stream<'_>) -> TrailersStatus;

    /// A [scheduler](crate::StreamScheduler) has committed `event`.
    fn scheduled(&self, stream: Stream<'_>, event: u64);

    /// An answer comes to [`Stream::call`].
    fn call_event(&self, stream: Stream<'_>, call: u64, event: CallEvent<'_>);

    /// The stream is no more. Its schedulers must not commit any more when this returns.
    fn destroyed(&self);
}

/// What becomes of headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum HeadersStatus {
    /// They go on.
    Continue = 0,
    /// They wait; the body's chunks come to this filter.
    StopIteration = 1,
    /// They wait, and the body before this filter: it's slowed down where it grows too large.
    StopAllIterationAndWatermark = 4,
}

/// What becomes of a chunk of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum BodyStatus {
    /// It goes on, and what waited with it.
    Continue = 0,
    /// It waits, with all before it.
    StopIterationAndBuffer = 1,
    /// It waits, with all before it: the sender is slowed down where that grows too large.
    StopIterationAndWatermark = 2,
}

/// What becomes of trailers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum TrailersStatus {
    /// They go on, and what waited with them.
    Continue = 0,
    /// They wait.
    StopIteration = 1,
}
