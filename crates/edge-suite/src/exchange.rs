use crate::{EdgeSuite, member_host::MemberHost};
use http_filter::{
    AnyStream, CallResponse, Changes, Decision, Filter, HeaderMutation, Headers, Held, Host, ResponsePlan,
};
use std::{mem, rc::Rc};

/// One request and its response on their way through the filters of the suite.
pub struct Exchange {
    pub(crate) suite: Rc<EdgeSuite>,
    /// Of those filters that have seen the request, in order.
    pub(crate) streams: Vec<Box<dyn AnyStream>>,
    /// The request as the filters have left it so far, once that isn't how it came.
    request: Option<Headers>,
    /// What they have changed so far.
    pub(crate) changes: Changes,
    pub(crate) response: crate::response::Progress,
}

impl Exchange {
    pub(crate) fn new(suite: Rc<EdgeSuite>) -> Self {
        Self {
            suite,
            streams: Vec::new(),
            request: None,
            changes: Changes::default(),
            response: Default::default(),
        }
    }

    /// Has the filters behind the one that has just decided decide, until one does not let the request go on.
    fn go_on(&mut self, mut decision: Decision, request: &Headers, host: &dyn Host) -> Decision {
        loop {
            let changes = match decision {
                Decision::Continue(changes) => changes,
                Decision::Reply(reply) => return Decision::Reply(self.reply(reply, host)),
                Decision::Call(_) | Decision::Wait => return decision,
            };
            let Some(next) = self.suite.members().get(self.streams.len()) else {
                self.adopt(changes, None);
                self.request = None;
                return Decision::Continue(mem::take(&mut self.changes));
            };
            self.streams.push(next.plugin.stream());
            self.adopt(changes, Some(request));
            decision = self.decide(request, host, |stream, request, host| {
                stream.on_request_headers(request, host)
            });
        }
    }

    /// Takes over what a filter has changed; `seen` is the request as it came, where another filter is to see it.
    fn adopt(&mut self, changes: Changes, seen: Option<&Headers>) {
        let mut mutation = HeaderMutation::default();
        let current = self.request.as_ref().or(seen);
        for name in changes.distrusted {
            // What isn't there needs no removal, and where nobody is to see it, the adapter looks after that.
            if current.is_none_or(|current| current.contains(&name)) {
                mutation = mutation.remove(name);
            }
        }
        let mutation = mutation.then(changes.headers);
        if let Some(seen) = seen.filter(|_| !mutation.is_empty()) {
            self.request.get_or_insert_with(|| seen.clone()).mutate(&mutation);
        }
        self.changes.headers = mem::take(&mut self.changes.headers).then(mutation);
        self.changes.properties.extend(changes.properties);
        self.changes.reroute |= changes.reroute;
    }

    /// Asks the filter that the request waits for.
    fn ask(
        &mut self,
        request: &Headers,
        host: &dyn Host,
        decide: impl FnOnce(&mut dyn AnyStream, &Headers, &dyn Host) -> Decision,
    ) -> Decision {
        let decision = self.decide(request, host, decide);
        self.go_on(decision, request, host)
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
                let host = MemberHost::new(host, member, &self.changes.properties);
                action(stream.as_mut(), &host)
            }
            _ => T::default(),
        }
    }
}

impl Filter for Exchange {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        self.go_on(Decision::default(), request, host)
    }

    fn on_call_response(&mut self, request: &Headers, response: CallResponse, host: &dyn Host) -> Decision {
        self.ask(request, host, |stream, request, host| {
            stream.on_call_response(request, response, host)
        })
    }

    fn on_wake(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        self.ask(request, host, |stream, request, host| {
            stream.on_wake(request, host)
        })
    }

    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        self.begin_response();
        self.respond(response, ResponsePlan::default(), host)
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
