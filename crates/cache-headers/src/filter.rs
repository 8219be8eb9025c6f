use crate::{
    CacheHeaders,
    request::facts::RequestFacts,
    response::{self, validation::Pending},
};
use http_filter::{Changes, Decision, Filter, Headers, Held, Host, ResponsePlan};
use std::rc::Rc;

/// The handler of one exchange.
pub struct CacheFilter {
    config: Rc<CacheHeaders>,
    request: Option<RequestFacts>,
    pending: Option<Pending>,
}

impl CacheFilter {
    pub(crate) fn new(config: Rc<CacheHeaders>) -> Self {
        Self {
            config,
            request: None,
            pending: None,
        }
    }
}

impl Filter for CacheFilter {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        // A tunnel has no representations. Upgrades and gRPC show in the response: a client may write anything.
        let method = request.method();
        if method == b"CONNECT" {
            return Decision::default();
        }
        let facts = RequestFacts::of(request, method, &self.config, host);
        let is_safe = facts.is_safe;
        self.request = Some(facts);
        let rule = self
            .config
            .requests
            .iter()
            .find(|rule| rule.matching.matches(request));
        match rule.filter(|_| is_safe) {
            Some(rule) => Changes::default().headers(rule.edits(request)).into(),
            None => Decision::default(),
        }
    }

    fn on_response_headers(&mut self, headers: &Headers, host: &dyn Host) -> ResponsePlan {
        let Some(request) = self.request.take() else {
            return ResponsePlan::default();
        };
        let (plan, pending) = response::plan(&self.config, &request, headers, host);
        self.pending = pending;
        plan
    }

    fn on_response_held(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan {
        self.pending
            .take()
            .map_or_else(ResponsePlan::default, |pending| pending.finish(held.body(), host))
    }
}
