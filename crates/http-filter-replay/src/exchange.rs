//! One exchange on its way through a chain: down with the request, up with the response.

use crate::{
    Journey, Ruling, Stuck, Visit, World,
    case::message::{Request, Response},
};
use http_filter::{
    AnyStream, Awaited, BodyPlan, Changes, Decision, Headers, Held, Host, LocalReply, ResponsePlan, WaitEnd,
    bounds::{MOST_PATIENCE, WAKE},
};
use std::{collections::BTreeMap, time::Duration};

impl World {
    /// Sends a request through the chain, to an upstream that answers `response`.
    ///
    /// # Errors
    /// [`Stuck`] when a filter never decides.
    pub fn exchange(&mut self, request: &Request, response: &Response) -> Result<Journey, Stuck> {
        let (counters, calls) = (self.host().counters(), self.calls());
        self.host().take_reasons();
        let mut journey = Journey::default();
        let mut streams: Vec<Box<dyn AnyStream>> = Vec::new();
        let mut headers = request.to_headers();
        let mut reply = None;
        journey.observed.reroute = Some(false);
        for place in 0..self.filters.len() {
            let (stream, visit) = self.down(place, headers, &mut reply)?;
            headers = visit.after.clone();
            let reroutes = visit.ruling == Ruling::Continue { reroute: true };
            journey.observed.reroute = journey.observed.reroute.map(|before| before || reroutes);
            journey.observed.properties.extend(visit.properties.clone());
            journey.request.push(visit);
            if reply.is_some() {
                break;
            }
            streams.push(stream);
        }
        let (mut headers, mut chunks) = match reply {
            Some(reply) => {
                let chunks = (!reply.body.is_empty()).then(|| reply.body.clone());
                (reply.to_headers(), chunks.into_iter().collect())
            }
            None => {
                journey.observed.upstream = Some(headers);
                let chunks = response.body.iter().map(|chunk| chunk.0.clone());
                (response.to_headers(), chunks.collect())
            }
        };
        // A filter that replied doesn't see its own reply; those before it do.
        for (place, mut stream) in streams.into_iter().enumerate().rev() {
            let visit = self.up(place, stream.as_mut(), headers, &mut chunks);
            headers = visit.after.clone();
            journey.response.push(visit);
        }
        journey.observed.client = headers;
        journey.observed.body = chunks.concat();
        journey.observed.counters = grown(&counters, self.host().counters());
        journey.observed.calls = Some(grown(&calls, self.calls()));
        Ok(journey)
    }

    fn down(
        &mut self,
        place: usize,
        headers: Headers,
        reply: &mut Option<LocalReply>,
    ) -> Result<(Box<dyn AnyStream>, Visit), Stuck> {
        let (counters, called) = (self.host().counters(), self.called.len());
        let mut stream = self.enter(place);
        let decision = stream.on_request_headers(&headers, self.host());
        let settled = self.settle(place, stream.as_mut(), &headers, decision)?;
        let mut visit = self.visit(place, headers);
        visit.after = match settled {
            Ok(changes) => {
                for (name, value) in changes.properties.iter().chain(&changes.passed_on) {
                    self.host().set_property(name, value.to_vec());
                    visit.properties.insert(name.to_string(), value.to_vec());
                }
                visit.ruling = Ruling::Continue {
                    reroute: changes.reroute,
                };
                visit.before.mutated(&changes.mutation(&visit.before))
            }
            Err(answer) => {
                visit.ruling = Ruling::Reply {
                    status: answer.status,
                    details: answer.details.to_string(),
                };
                let after = answer.to_headers();
                *reply = Some(answer);
                after
            }
        };
        self.leave(place, &counters, called, &mut visit);
        Ok((stream, visit))
    }

    fn up(
        &mut self,
        place: usize,
        stream: &mut dyn AnyStream,
        headers: Headers,
        chunks: &mut Vec<Vec<u8>>,
    ) -> Visit {
        let (counters, called) = (self.host().counters(), self.called.len());
        if let Some(filter) = self.filters.get(place) {
            self.host().set_scope(&filter.scope);
        }
        let headers = headers.with_end_of_stream(chunks.is_empty());
        let plan = stream.on_response_headers(&headers, self.host());
        let mut visit = self.visit(place, headers);
        visit.after = visit.before.mutated(&plan.headers);
        let before = chunks.concat();
        let mut body = plan.body;
        if let BodyPlan::Hold { limit } = body {
            let held = if before.len() <= limit {
                Held::Whole(&before)
            } else {
                Held::TooLarge
            };
            let plan = stream.on_response_held(held, self.host());
            visit.after.mutate(plan.headers.clone());
            body = plan.body;
        }
        match body {
            BodyPlan::Pass | BodyPlan::Hold { .. } => {}
            BodyPlan::Discard => chunks.clear(),
            BodyPlan::Rewrite => {
                let last = chunks.len().saturating_sub(1);
                for (index, chunk) in chunks.iter_mut().enumerate() {
                    if let Some(rewritten) = stream.on_response_body(chunk, index == last, self.host()) {
                        *chunk = rewritten;
                    }
                }
            }
        }
        visit.ruling = Ruling::Respond {
            body_changed: before != chunks.concat(),
        };
        self.leave(place, &counters, called, &mut visit);
        visit
    }

    fn enter(&mut self, place: usize) -> Box<dyn AnyStream> {
        let filter = self.filters.get(place);
        self.host().set_scope(filter.map_or("", |filter| &filter.scope));
        filter.map_or_else(
            || Box::new(Nobody) as Box<dyn AnyStream>,
            |filter| filter.plugin.stream(),
        )
    }

    fn visit(&self, place: usize, before: Headers) -> Visit {
        Visit {
            filter: self.filters.get(place).map_or("", |filter| filter.plugin.name()),
            place,
            after: before.clone(),
            before,
            ruling: Ruling::Continue { reroute: false },
            reasons: Vec::new(),
            counters: BTreeMap::new(),
            properties: BTreeMap::new(),
            calls: Vec::new(),
        }
    }

    fn leave(&self, place: usize, counters: &BTreeMap<String, u64>, called: usize, visit: &mut Visit) {
        let scope = self.filters.get(place).map_or("", |filter| &filter.scope);
        visit.reasons = self.host().take_reasons();
        visit.calls = self.called.get(called..).unwrap_or_default().to_vec();
        visit.counters = grown(counters, self.host().counters())
            .into_iter()
            .map(|(name, by)| (name.strip_prefix(scope).unwrap_or(&name).to_owned(), by))
            .collect();
    }

    /// Answers calls and lets time pass until the filter has decided.
    fn settle(
        &mut self,
        place: usize,
        stream: &mut dyn AnyStream,
        request: &Headers,
        mut decision: Decision,
    ) -> Result<Result<Changes, LocalReply>, Stuck> {
        let mut waited = Duration::ZERO;
        for _ in 0..MAX_STEPS {
            decision = match decision {
                Decision::Continue(changes) => return Ok(Ok(changes)),
                Decision::Reply(reply) => return Ok(Err(reply)),
                Decision::Call(call) => {
                    let response = self.answer(&call);
                    stream.on_call_response(request, response, self.host())
                }
                Decision::Wait => {
                    // What was said while it waits is said again when it no longer does.
                    self.host().take_reasons();
                    self.wait(place)?;
                    if let Some(filter) = self.filters.get(place) {
                        self.host().set_scope(&filter.scope);
                    }
                    waited += WAKE;
                    if waited < stream.awaited().patience.unwrap_or(MOST_PATIENCE) {
                        stream.on_wake(request, self.host())
                    } else {
                        stream.on_wait_end(request, WaitEnd::TooLong, self.host())
                    }
                }
            };
        }
        Err(self.stuck(place))
    }
}

/// A stream without a filter.
struct Nobody;

impl AnyStream for Nobody {
    fn on_request_headers(&mut self, _: &Headers, _: &dyn Host) -> Decision {
        Decision::default()
    }
    fn on_call_response(&mut self, _: &Headers, _: http_filter::CallResponse, _: &dyn Host) -> Decision {
        Decision::default()
    }
    fn on_wake(&mut self, _: &Headers, _: &dyn Host) -> Decision {
        Decision::default()
    }
    fn awaited(&self) -> Awaited {
        Awaited::default()
    }
    fn on_wait_end(&mut self, _: &Headers, _: WaitEnd, _: &dyn Host) -> Decision {
        Decision::default()
    }
    fn on_response_headers(&mut self, _: &Headers, _: &dyn Host) -> ResponsePlan {
        ResponsePlan::default()
    }
    fn on_response_body(&mut self, _: &[u8], _: bool, _: &dyn Host) -> Option<Vec<u8>> {
        None
    }
    fn on_response_trailers(&mut self, _: &dyn Host) -> bool {
        true
    }
    fn on_response_held(&mut self, _: Held<'_>, _: &dyn Host) -> ResponsePlan {
        ResponsePlan::default()
    }
}

fn grown(before: &BTreeMap<String, u64>, after: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    after
        .into_iter()
        .map(|(name, value)| {
            let old = before.get(&name).copied().unwrap_or_default();
            (name, value.saturating_sub(old))
        })
        .filter(|(_, by)| *by > 0)
        .collect()
}

const MAX_STEPS: usize = 10_000;
