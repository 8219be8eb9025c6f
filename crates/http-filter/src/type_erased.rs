use crate::{
    Awaited, CallResponse, Decision, FilterConfig, Headers, Held, Host, Plugin, ResponsePlan, Stream, Tick,
    WaitEnd,
};
use std::{rc::Rc, time::Duration};

/// A configured filter, whichever it is.
pub trait AnyPlugin {
    /// The filter's name.
    fn name(&self) -> &'static str;

    /// See [`FilterConfig::name_counters`].
    fn name_counters(&self, name: &mut dyn FnMut(&'static str, &str));

    /// A stream's handler.
    fn stream(&self) -> Box<dyn AnyStream>;

    /// See [`FilterConfig::first_tick`].
    fn first_tick(&self) -> Option<Duration>;

    /// See [`FilterConfig::on_tick`].
    fn on_tick(&self, host: &dyn Host) -> Tick;

    /// See [`FilterConfig::progress`].
    fn progress(&self, host: &dyn Host) -> u64;

    /// See [`FilterConfig::on_call_response`].
    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration>;
}

/// The handler of one stream of a filter, whichever it is: see [`Stream`].
pub trait AnyStream {
    /// See [`Stream::on_request_headers`].
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision;

    /// See [`Stream::on_call_response`].
    fn on_call_response(&mut self, request: &Headers, response: CallResponse, host: &dyn Host) -> Decision;

    /// See [`Stream::on_wake`].
    fn on_wake(&mut self, request: &Headers, host: &dyn Host) -> Decision;

    /// See [`Stream::awaited`].
    fn awaited(&self) -> Awaited;

    /// See [`Stream::on_wait_end`].
    fn on_wait_end(&mut self, request: &Headers, why: WaitEnd, host: &dyn Host) -> Decision;

    /// See [`Stream::on_response_headers`].
    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan;

    /// See [`Stream::on_response_body`].
    fn on_response_body(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Option<Vec<u8>>;

    /// See [`Stream::on_response_trailers`].
    fn on_response_trailers(&mut self, host: &dyn Host) -> bool;

    /// See [`Stream::on_response_held`].
    fn on_response_held(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan;
}

impl<C: FilterConfig> AnyPlugin for Rc<Plugin<C>> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn name_counters(&self, name: &mut dyn FnMut(&'static str, &str)) {
        self.config().name_counters(name);
    }

    fn stream(&self) -> Box<dyn AnyStream> {
        Box::new(Plugin::stream(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        self.config().first_tick()
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        self.config().on_tick(host)
    }

    fn progress(&self, host: &dyn Host) -> u64 {
        self.config().progress(host)
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        self.config().on_call_response(token, response, host)
    }
}

impl<C: FilterConfig> AnyStream for Stream<C> {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        Self::on_request_headers(self, request, host)
    }

    fn on_call_response(&mut self, request: &Headers, response: CallResponse, host: &dyn Host) -> Decision {
        Self::on_call_response(self, request, response, host)
    }

    fn on_wake(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        Self::on_wake(self, request, host)
    }

    fn awaited(&self) -> Awaited {
        Self::awaited(self)
    }

    fn on_wait_end(&mut self, request: &Headers, why: WaitEnd, host: &dyn Host) -> Decision {
        Self::on_wait_end(self, request, why, host)
    }

    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        Self::on_response_headers(self, response, host)
    }

    fn on_response_body(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Option<Vec<u8>> {
        Self::on_response_body(self, chunk, end, host)
    }

    fn on_response_trailers(&mut self, host: &dyn Host) -> bool {
        Self::on_response_trailers(self, host)
    }

    fn on_response_held(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan {
        Self::on_response_held(self, held, host)
    }
}
