use crate::{
    config::GeoRouting, counter::Counter, explanation, reply, request::facts::RequestFacts,
    response::Response,
};
use http_filter::{Changes, Decision, EXPLAINS, Filter, Headers, Host, ResponsePlan, explain};
use std::rc::Rc;

/// geo-routing at work on one stream.
pub struct GeoFilter {
    config: Rc<GeoRouting>,
    /// What the response gets.
    response: Response,
    /// What becomes of the request should the reply be withheld.
    withheld: Option<Changes>,
}

impl GeoFilter {
    pub(crate) fn new(config: Rc<GeoRouting>) -> Self {
        Self {
            config,
            response: Response::default(),
            withheld: None,
        }
    }
}

impl Filter for GeoFilter {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let config = Rc::clone(&self.config);
        let facts = RequestFacts::new(request, host);
        let Ok(location) = config.locate(&facts) else {
            explain!(host, "place", "the database isn't there yet");
            return reply::unavailable().into();
        };
        let mut verdict = config.decide(&location, request, host);
        if EXPLAINS {
            explanation::doubts(&config, &facts);
            config.explain_readings(&location, request, host);
            explanation::say(&verdict.outcome, host);
        }
        verdict
            .outcome
            .source
            .unwrap_or(Counter::CountryUnknown)
            .count(host);
        if let Some(counter) = verdict.rule.and_then(|rule| rule.counter.as_ref()) {
            host.count(counter, 1);
        }
        let debug = config
            .debug
            .as_ref()
            .filter(|(_, trust)| trust.holds(&facts))
            .map(|(name, _)| (name.clone(), verdict.outcome.explanation()));
        self.response = Response {
            guard: config.guarding(
                &location,
                &verdict,
                debug.is_some() && config.debug_is_secret(),
                request,
            ),
            debug,
        };
        match verdict.reply.take() {
            Some(mut reply) => {
                if let Some((name, value)) = self.response.debug.take() {
                    reply = reply.header(name, value);
                }
                self.withheld = Some(config.changes(&verdict, &facts));
                Decision::Reply(reply)
            }
            None => Decision::Continue(config.changes(&verdict, &facts)),
        }
    }

    fn on_reply_withheld(&mut self, request: &Headers) -> Changes {
        let withheld = self.withheld.take();
        withheld.unwrap_or_else(|| self.config.distrusting(request))
    }

    fn on_response_headers(&mut self, response: &Headers, _: &dyn Host) -> ResponsePlan {
        ResponsePlan::headers(self.response.edits(response))
    }
}
