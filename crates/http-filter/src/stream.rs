use crate::{
    Awaited, BodyPlan, CallResponse, Changes, Decision, Filter, FilterConfig, Headers, Held, Host,
    LocalReply, Mode, Plugin, Publish, ResponsePlan, Settings, WaitEnd,
};
use std::rc::Rc;

/// Drives one stream through a filter: route overrides, shadow mode, outcome counters. Whoever runs filters (the
/// adapter in a VM, the test runner, a command line) runs them through this, so all see the same decisions.
pub struct Stream<C: FilterConfig> {
    plugin: Rc<Plugin<C>>,
    running: Option<Running<C>>,
}

struct Running<C: FilterConfig> {
    filter: C::Filter,
    mode: Mode,
    publish: Publish,
}

impl<C: FilterConfig> Plugin<C> {
    /// A stream's handler.
    pub fn stream(self: &Rc<Self>) -> Stream<C> {
        Stream::new(Rc::clone(self))
    }
}

impl<C: FilterConfig> Stream<C> {
    pub(crate) fn new(plugin: Rc<Plugin<C>>) -> Self {
        Self {
            plugin,
            running: None,
        }
    }

    /// The request's headers have come.
    pub fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let config = match self.plugin.config_for_route(host) {
            Ok(config) => config,
            Err(problem) => return Decision::Reply(problem.into_reply()),
        };
        let Settings { mode, publish, .. } = *config.settings();
        let running = self.running.insert(Running {
            filter: config.new_filter(),
            mode,
            publish,
        });
        let decision = running.filter.on_request_headers(request, host);
        running.settle::<C>(decision, request, host)
    }

    /// The call that the request waits for is answered.
    pub fn on_call_response(
        &mut self,
        request: &Headers,
        response: CallResponse,
        host: &dyn Host,
    ) -> Decision {
        let Some(running) = &mut self.running else {
            return Decision::default();
        };
        let decision = running.filter.on_call_response(request, response, host);
        running.settle::<C>(decision, request, host)
    }

    /// What the request waits for.
    pub fn awaited(&self) -> Awaited {
        self.running
            .as_ref()
            .map(|running| running.filter.awaited())
            .unwrap_or_default()
    }

    /// The request can't wait (on). It doesn't wait again, whatever the filter says.
    pub fn on_wait_end(&mut self, request: &Headers, why: WaitEnd, host: &dyn Host) -> Decision {
        let Some(running) = &mut self.running else {
            return Decision::default();
        };
        let decision = match running.filter.on_wait_end(request, why, host) {
            Decision::Wait => why.into_reply().into(),
            decision => decision,
        };
        running.settle::<C>(decision, request, host)
    }

    /// What the request waits for may have come.
    pub fn on_wake(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let Some(running) = &mut self.running else {
            return Decision::default();
        };
        let decision = running.filter.on_wake(request, host);
        running.settle::<C>(decision, request, host)
    }

    /// The response's headers have come. A response to a request that this filter never saw is left alone.
    pub fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        let Some(running) = &mut self.running else {
            return ResponsePlan::default();
        };
        let mut plan = running.filter.on_response_headers(response, host);
        if running.mode == Mode::Shadow {
            return ResponsePlan::default();
        }
        if response.end_of_stream() && plan.body != BodyPlan::Discard {
            plan.body = BodyPlan::Pass;
        }
        plan
    }

    /// A chunk of the response's body has come.
    pub fn on_response_body(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Option<Vec<u8>> {
        self.running.as_mut()?.filter.on_response_body(chunk, end, host)
    }

    /// Trailers follow the response's body. Whether it's whole; the stream is to be cut off where it isn't.
    pub fn on_response_trailers(&mut self, host: &dyn Host) -> bool {
        self.running
            .as_mut()
            .is_none_or(|running| running.filter.on_response_trailers(host))
    }

    /// The held response is complete, or could not be held.
    pub fn on_response_held(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan {
        let Some(running) = &mut self.running else {
            return ResponsePlan::default();
        };
        let mut plan = running.filter.on_response_held(held, host);
        let possible = match plan.body {
            BodyPlan::Pass | BodyPlan::Discard => true,
            BodyPlan::Rewrite => held != Held::Lost,
            BodyPlan::Hold { .. } => false,
        };
        if !possible {
            plan.body = BodyPlan::Pass;
        }
        plan
    }
}

impl<C: FilterConfig> Running<C> {
    /// Counts what was decided, and withholds it in shadow mode.
    fn settle<D: FilterConfig>(
        &mut self,
        decision: Decision,
        request: &Headers,
        host: &dyn Host,
    ) -> Decision {
        match (self.published(decision), self.mode) {
            (Decision::Reply(reply), Mode::Enforce) => {
                if D::COUNTS_REPLIES {
                    host.count(&reply.details, 1);
                }
                Decision::Reply(reply)
            }
            (Decision::Reply(reply), Mode::Shadow) => {
                let changes = self.filter.on_reply_withheld(request);
                self.published(withheld(D::NAME, D::WITHHELD, reply, changes, host).into())
            }
            (Decision::Continue(changes), Mode::Shadow) => Decision::Continue(changes.shadow()),
            (decision @ (Decision::Call(_) | Decision::Wait), _) => {
                // It's looked at again in another phase.
                request.read();
                decision
            }
            (decision, Mode::Enforce) => decision,
        }
    }

    /// The decision, in which what is not for everybody isn't published.
    fn published(&self, mut decision: Decision) -> Decision {
        if self.publish == Publish::Filters {
            match &mut decision {
                Decision::Continue(changes) => changes.passed_on.append(&mut changes.properties),
                Decision::Reply(reply) => reply.properties.clear(),
                Decision::Call(_) | Decision::Wait => {}
            }
        }
        decision
    }
}

/// What becomes of a request whose reply by `filter` shadow mode withholds: counted, told, and published under `property`.
fn withheld(
    filter: &'static str,
    property: &'static str,
    reply: LocalReply,
    changes: Changes,
    host: &dyn Host,
) -> Changes {
    host.count(&["shadow_", &reply.details].concat(), 1);
    log::info!(
        "{filter}: in shadow mode, not answered with {} {}",
        reply.status,
        reply.details
    );
    changes.shadow().property(property, reply.details.into_owned())
}
