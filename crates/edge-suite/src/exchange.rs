use crate::{EdgeSuite, member_host::MemberHost, progress::Progress, suite::MOST_MEMBERS};
use http_filter::{
    AnyStream, Awaited, BodyPlan, Bytes, CallResponse, Changes, Decision, Filter, HeaderMutation, Headers,
    Held, Host, ResponsePlan, WaitEnd,
};
use std::rc::Rc;

/// One request and its response on their way through the filters of the suite.
pub struct Exchange {
    pub(crate) suite: Rc<EdgeSuite>,
    /// Of those filters that have seen the request, in order.
    pub(crate) streams: Vec<Box<dyn AnyStream>>,
    /// The request as the filters have left it so far, once that isn't how it came.
    request: Option<Headers>,
    /// What they have published about it.
    pub(crate) properties: Vec<(&'static str, Bytes)>,
    /// What only filters of the suite may read.
    passed_on: Vec<(&'static str, Bytes)>,
    reroute: bool,
    pub(crate) response: Progress,
}

impl Exchange {
    pub(crate) fn new(suite: Rc<EdgeSuite>) -> Self {
        Self {
            streams: Vec::with_capacity(suite.members().len()),
            suite,
            request: None,
            properties: Vec::new(),
            passed_on: Vec::new(),
            reroute: false,
            response: Progress::default(),
        }
    }

    /// Has the filters behind the one that has just decided decide, until one does not let the request go on.
    fn go_on(&mut self, mut decision: Decision, request: &Headers, host: &dyn Host) -> Decision {
        loop {
            match decision {
                Decision::Continue(changes) => self.adopt(changes, request),
                Decision::Reply(reply) => return Decision::Reply(self.reply(reply, host)),
                Decision::Call(_) | Decision::Wait => return decision,
            }
            let Some(next) = self.suite.members().get(self.streams.len()) else {
                return Decision::Continue(Changes {
                    headers: self
                        .request
                        .take()
                        .map(Headers::into_mutation)
                        .unwrap_or_default(),
                    // The response's way back reads them here, which costs less than asking the proxy.
                    properties: self.properties.clone(),
                    reroute: self.reroute,
                    ..Changes::default()
                });
            };
            self.streams.push(next.plugin.stream());
            decision = self.decide(request, host, |stream, request, host| {
                stream.on_request_headers(request, host)
            });
        }
    }

    /// Takes over what a filter has changed.
    fn adopt(&mut self, changes: Changes, request: &Headers) {
        let removed = changes.removed(self.request.as_ref().unwrap_or(request));
        let mut mutation = removed.fold(HeaderMutation::default(), HeaderMutation::remove);
        mutation.extend(changes.headers);
        edit(&mut self.request, request, mutation);
        self.properties.extend(changes.properties);
        self.passed_on.extend(changes.passed_on);
        self.reroute |= changes.reroute;
    }

    /// Has the last filter that has seen the request decide, by the request as those before it have left it.
    fn decide(
        &mut self,
        request: &Headers,
        host: &dyn Host,
        decide: impl FnOnce(&mut dyn AnyStream, &Headers, &dyn Host) -> Decision,
    ) -> Decision {
        let left = self.request.take();
        let seen = left.as_ref().unwrap_or(request);
        let last = self.streams.len().wrapping_sub(1);
        let decision = self.with(last, host, |stream, host| decide(stream, seen, host));
        self.request = left;
        decision
    }

    /// Has one filter do something, on its own terms.
    pub(crate) fn with<T: Default>(
        &mut self,
        place: usize,
        host: &dyn Host,
        action: impl FnOnce(&mut dyn AnyStream, &dyn Host) -> T,
    ) -> T {
        match (self.streams.get_mut(place), self.suite.members().get(place)) {
            (Some(stream), Some(member)) => {
                let host = MemberHost::new(host, member, [&self.properties, &self.passed_on]);
                action(stream.as_mut(), &host)
            }
            _ => T::default(),
        }
    }
}

/// Edits the headers as they are by now; none were edited before if that's `None`, and they are as they `came`.
pub(crate) fn edit(current: &mut Option<Headers>, came: &Headers, mutation: HeaderMutation) {
    if !mutation.is_empty() {
        current.get_or_insert_with(|| came.clone()).mutate(mutation);
    }
}

impl Filter for Exchange {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        self.go_on(Decision::default(), request, host)
    }

    fn on_call_response(&mut self, request: &Headers, response: CallResponse, host: &dyn Host) -> Decision {
        let decision = self.decide(request, host, |stream, request, host| {
            stream.on_call_response(request, response, host)
        });
        self.go_on(decision, request, host)
    }

    fn on_wake(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let decision = self.decide(request, host, |stream, request, host| {
            stream.on_wake(request, host)
        });
        self.go_on(decision, request, host)
    }

    fn awaited(&self) -> Awaited {
        let place = self.streams.len().saturating_sub(1) as u32;
        let awaited = self
            .streams
            .last()
            .map(|stream| stream.awaited())
            .unwrap_or_default();
        Awaited {
            tenant: awaited.tenant.wrapping_mul(MOST_MEMBERS).wrapping_add(place),
            ..awaited
        }
    }

    fn on_wait_end(&mut self, request: &Headers, why: WaitEnd, host: &dyn Host) -> Decision {
        let decision = self.decide(request, host, |stream, request, host| {
            stream.on_wait_end(request, why, host)
        });
        self.go_on(decision, request, host)
    }

    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        self.begin_response();
        self.respond(response, BodyPlan::Pass, host)
    }

    fn on_response_body(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Option<Vec<u8>> {
        self.rewrite(chunk, end, host)
    }

    fn on_response_trailers(&mut self, host: &dyn Host) -> bool {
        self.is_whole(host)
    }

    fn on_response_held(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan {
        self.release(held, host)
    }
}
