use crate::{
    Awaited, Call, CallResponse, Changes, ConfigError, Decision, Headers, Held, Host, ResponsePlan, Settings,
    WaitEnd, document::Read, property,
};
use std::{rc::Rc, time::Duration};

/// One configuration of a filter, compiled once and shared by all streams of a worker.
///
/// Two steps make it: the [`Document`](FilterConfig::Document) is read as written, refusing unknown fields;
/// [`compile`](FilterConfig::compile) checks what fields say of each other and prepares all that requests need.
/// Both must be deterministic: where one worker fails after the main thread passed, Envoy skips the filter there.
pub trait FilterConfig: Sized + 'static {
    /// The filter's name, in kebab case: the key of route metadata, the prefix of counters and shared data.
    const NAME: &'static str;

    /// What becomes of a request whose route carries an override that can't be compiled: answered with 500
    /// (`true`), or handled by the plugin's own configuration (`false`). Counted and logged either way.
    const FAIL_CLOSED: bool = true;

    /// The name under which the details of a reply are published that shadow mode has withheld, for access logs and spans.
    const WITHHELD: &'static str = property::WITHHELD;

    /// Whether replies are counted under their slugs. A suite leaves that to its filters.
    const COUNTS_REPLIES: bool = true;

    /// The names of its counters, but for those that a configuration names. Some hosts define counters ahead.
    const COUNTERS: &'static [&'static str] = &[];

    /// The configuration as it's written.
    type Document: Read;

    /// What handles one stream.
    type Filter: Filter;

    /// Checks and prepares a document.
    ///
    /// # Errors
    /// [`ConfigError`], with the path of the offending field.
    fn compile(document: Self::Document) -> Result<Self, ConfigError>;

    /// Compiles a document that overrides this configuration on some route. Override it to share state (key sets,
    /// databases) with the plugin's configuration: an override is never ticked.
    ///
    /// # Errors
    /// [`ConfigError`], with the path of the offending field.
    fn overridden(&self, document: Self::Document) -> Result<Self, ConfigError> {
        Self::compile(document)
    }

    /// The settings that all filters have.
    fn settings(&self) -> &Settings;

    /// Calls `name` with the filter, and the name of each counter that this configuration names: a rule's own, say.
    fn name_counters(&self, _name: &mut dyn FnMut(&'static str, &str)) {}

    /// The filter for one stream.
    fn new_filter(self: &Rc<Self>) -> Self::Filter;

    /// How soon after configuration the first tick is due; `None` for a configuration that needs none.
    fn first_tick(&self) -> Option<Duration> {
        None
    }

    /// Work outside any stream: refreshing keys, databases. Runs on every worker and on the main thread, so whatever
    /// leaves the process goes behind [`take_lease`](crate::take_lease). No stream's properties can be read. While
    /// requests wait it runs more often than it asked to.
    fn on_tick(&self, _host: &dyn Host) -> Tick {
        Tick::default()
    }

    /// A number that changes whenever what requests [wait](Decision::Wait) for may have come, or may be known not to come:
    /// only then are they looked at before their time is up. A filter that has requests wait says it.
    fn progress(&self, _host: &dyn Host) -> u64 {
        0
    }

    /// The answer to a call that [`on_tick`](FilterConfig::on_tick) made under `token`; the next tick is due after
    /// the time returned, or as planned before.
    fn on_call_response(&self, _token: u32, _response: CallResponse, _host: &dyn Host) -> Option<Duration> {
        None
    }
}

/// What a tick asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Calls to make, each with a token of the filter's choosing.
    pub calls: Vec<(u32, Call)>,
    /// When to tick again; `None` for never. At least a millisecond.
    pub next: Option<Duration>,
}

/// The handler of one stream: a request and its response.
///
/// Phases run in this order, each at most once but for bodies, waking and call responses. When the request is
/// answered by anybody's local reply before this filter saw it, no phase runs at all.
pub trait Filter: 'static {
    /// Decides about a request by its headers.
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision;

    /// Decides about a request that waited for [`Decision::Call`].
    fn on_call_response(
        &mut self,
        _request: &Headers,
        _response: CallResponse,
        _host: &dyn Host,
    ) -> Decision {
        Decision::default()
    }

    /// Decides about a request that waits under [`Decision::Wait`], when what it waits for may have come. It runs in a tick,
    /// whose answers come to the configuration: a [`Decision::Call`] from here fails as `NotDispatched`.
    fn on_wake(&mut self, _request: &Headers, _host: &dyn Host) -> Decision {
        Decision::default()
    }

    /// What the request waits for, after [`Decision::Wait`].
    fn awaited(&self) -> Awaited {
        Awaited::default()
    }

    /// Decides about a request that can't wait (on), and can't ask for it again: 503, unless the filter knows better.
    fn on_wait_end(&mut self, _request: &Headers, why: WaitEnd, _host: &dyn Host) -> Decision {
        why.into_reply().into()
    }

    /// What becomes of a request that goes on although it was answered, since the filter is in shadow mode: the
    /// client's own copies of headers that only this filter may set are distrusted all the same.
    fn on_reply_withheld(&mut self, _request: &Headers) -> Changes {
        Changes::default()
    }

    /// Edits the response's headers and says what happens to its body. Request headers are gone by now: keep what
    /// you need.
    fn on_response_headers(&mut self, _response: &Headers, _host: &dyn Host) -> ResponsePlan {
        ResponsePlan::default()
    }

    /// A chunk of a body under [`BodyPlan::Rewrite`](crate::BodyPlan::Rewrite); `None` leaves it as it is. The last
    /// one has `end` set and may be empty.
    fn on_response_body(&mut self, _chunk: &[u8], _end: bool, _host: &dyn Host) -> Option<Vec<u8>> {
        None
    }

    /// Trailers follow a body under [`BodyPlan::Rewrite`](crate::BodyPlan::Rewrite), so no chunk was the last, and none
    /// can be added. Whether the body is whole as it went on: where it isn't, the stream is cut off, so that nobody takes
    /// it for a whole one.
    fn on_response_trailers(&mut self, _host: &dyn Host) -> bool {
        true
    }

    /// The response under [`BodyPlan::Hold`](crate::BodyPlan::Hold). `Hold` in the plan returned is taken as `Pass`,
    /// and so is `Rewrite` where the body is [lost](Held::Lost).
    fn on_response_held(&mut self, _held: Held<'_>, _host: &dyn Host) -> ResponsePlan {
        ResponsePlan::default()
    }
}

/// The schema of a filter's configuration.
#[cfg(feature = "schema")]
pub fn schema<C: FilterConfig>() -> crate::document::Json
where
    C::Document: crate::document::Describe,
{
    crate::document::schema_of::<C::Document>(C::NAME)
}
