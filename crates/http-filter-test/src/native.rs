use crate::{
    FakeHost, Observed,
    case::{Answer, Case, Exchange, Failure, Tier},
    differences, load,
    observed::lines,
};
use http_filter::{
    BodyPlan, Call, CallFailure, CallResponse, Changes, Decision, FilterConfig, HeaderMutation, Headers,
    LocalReply, Plugin, ResponsePlan, Stream,
};
use std::{collections::BTreeMap, path::Path, rc::Rc, time::Duration};

/// Replays every case of `folder` against the library, in this process.
///
/// # Panics
/// When a case does not come to what it expects; the message lists all of them.
pub fn run_cases<C: FilterConfig>(folder: &str) {
    let cases = load(Path::new(folder));
    let mut failures = Vec::new();
    let mut ran = 0;
    for case in cases.iter().filter(|case| case.runs_in(Tier::Native)) {
        ran += 1;
        failures.extend(
            run_case::<C>(case)
                .into_iter()
                .map(|line| format!("{}: {line}", case.name)),
        );
    }
    assert!(ran > 0, "{folder}: no case runs natively");
    assert!(
        failures.is_empty(),
        "{} of {ran} cases differ:\n  {}",
        failures.len(),
        failures.join("\n  ")
    );
}

/// Replays one case; everything in which it differs, a line each.
pub fn run_case<C: FilterConfig>(case: &Case) -> Vec<String> {
    let config = case.config.as_ref().map(ToString::to_string);
    match (
        Plugin::<C>::new(config.as_deref().map(str::as_bytes)),
        &case.refused,
    ) {
        (Err(error), Some(expected)) if error.to_string().contains(expected) => Vec::new(),
        (Err(error), Some(expected)) => vec![format!("refused with {error:?}, expected {expected:?}")],
        (Err(error), None) => vec![format!("refused: {error}")],
        (Ok(_), Some(expected)) => vec![format!("accepted, expected to be refused with {expected:?}")],
        (Ok(plugin), None) => Replay::new(plugin, case).run(case),
    }
}

/// A filter at work in a world of its own.
struct Replay<'a, C: FilterConfig> {
    plugin: Rc<Plugin<C>>,
    host: FakeHost,
    start: Duration,
    next_tick: Option<Duration>,
    clusters: &'a BTreeMap<String, http_filter::OneOrMany<Answer>>,
    calls: BTreeMap<String, u64>,
}

impl<'a, C: FilterConfig> Replay<'a, C> {
    fn new(plugin: Plugin<C>, case: &'a Case) -> Self {
        let host = FakeHost::default();
        if let Some(now) = case.now {
            host.set_now(Duration::from_secs(now));
        }
        let start = http_filter::Host::now(&host);
        let next_tick = plugin.config().first_tick().map(|first| start + first);
        Self {
            plugin: Rc::new(plugin),
            host,
            start,
            next_tick,
            clusters: &case.clusters,
            calls: BTreeMap::new(),
        }
    }

    fn run(mut self, case: &Case) -> Vec<String> {
        let mut found = Vec::new();
        for (index, exchange) in case.exchanges().iter().enumerate() {
            self.give_properties(case, exchange);
            if let Some(at) = exchange.at {
                self.advance_to(self.start + at.duration());
            }
            for time in 1..=exchange.repeat {
                let observed = self.exchange(exchange);
                let place = format!("exchange {}, time {time}: ", index + 1);
                found.extend(
                    differences(&exchange.expect, &observed)
                        .into_iter()
                        .map(|line| place.clone() + &line),
                );
            }
        }
        found
    }

    fn give_properties(&self, case: &Case, exchange: &Exchange) {
        self.host.clear_properties();
        for (path, value) in case.properties.iter().chain(&exchange.properties) {
            self.host.set_property(path, value.0.clone());
        }
        if let Some(config) = &case.route_config {
            let path = ["xds.route_metadata.filter_metadata.", C::NAME, ".config"].concat();
            self.host.set_property(&path, config.to_string());
        }
    }

    fn exchange(&mut self, exchange: &Exchange) -> Observed {
        let counters_before = self.host.counters();
        let calls_before = self.calls.clone();
        let mut stream = self.plugin.stream();
        let request = exchange.request.to_headers();
        let decision = stream.on_request_headers(request.clone(), &self.host);
        let mut observed = match self.settle(&mut stream, decision) {
            Ok(changes) => self.respond(&mut stream, exchange, &request, changes),
            Err(reply) => Observed {
                client: reply_headers(&reply),
                body: reply.body,
                reroute: Some(false),
                ..Observed::default()
            },
        };
        observed.counters = grown(&counters_before, self.host.counters());
        observed.calls = Some(grown(&calls_before, self.calls.clone()));
        observed
    }

    /// Answers calls and lets time pass until the filter has decided.
    fn settle(&mut self, stream: &mut Stream<C>, mut decision: Decision) -> Result<Changes, LocalReply> {
        for _ in 0..10_000 {
            decision = match decision {
                Decision::Continue(changes) => return Ok(changes),
                Decision::Reply(reply) => return Err(reply),
                Decision::Call(call) => {
                    let response = self.answer(&call);
                    stream.on_call_response(response, &self.host)
                }
                Decision::Wait => {
                    let now = http_filter::Host::now(&self.host);
                    // The adapter ticks at once when a stream begins to wait.
                    self.next_tick = self.next_tick.map(|at| at.min(now + WAKE));
                    self.advance_to(now + WAKE);
                    stream.on_wake(&self.host)
                }
            };
        }
        panic!("the filter never decides");
    }

    fn respond(
        &mut self,
        stream: &mut Stream<C>,
        exchange: &Exchange,
        request: &Headers,
        changes: Changes,
    ) -> Observed {
        let upstream = request.mutated(&changes.mutation());
        let response = exchange.response.to_headers();
        let plan = stream.on_response_headers(&response, &self.host);
        let whole: Vec<u8> = exchange
            .response
            .body
            .iter()
            .flat_map(|chunk| chunk.0.clone())
            .collect();
        let (headers, plan_body) = (response.mutated(&plan.headers), plan.body);
        let (client, body) = match plan_body {
            BodyPlan::Pass => (headers, whole),
            BodyPlan::Discard => (headers, Vec::new()),
            BodyPlan::Rewrite => {
                let chunks = &exchange.response.body;
                let body = chunks.iter().enumerate().flat_map(|(index, chunk)| {
                    let end = index + 1 == chunks.len();
                    stream
                        .on_response_body(&chunk.0, end, &self.host)
                        .unwrap_or_else(|| chunk.0.clone())
                });
                (headers, body.collect())
            }
            BodyPlan::Hold { limit } => {
                let held = (whole.len() <= limit).then_some(whole.as_slice());
                let ResponsePlan { headers: later, body } = stream.on_response_held(held, &self.host);
                let discarded = body == BodyPlan::Discard;
                (
                    headers.mutated(&later),
                    if discarded { Vec::new() } else { whole },
                )
            }
        };
        Observed {
            upstream: Some(upstream),
            client,
            body,
            properties: changes
                .properties
                .iter()
                .map(|(name, value)| (name.to_string(), value.clone()))
                .collect(),
            reroute: Some(changes.reroute),
            ..Observed::default()
        }
    }

    /// Moves the clock on, ticking whenever a tick is due.
    fn advance_to(&mut self, until: Duration) {
        for _ in 0..100_000 {
            let Some(due) = self.next_tick.filter(|due| *due <= until) else {
                self.host.set_now(until.max(http_filter::Host::now(&self.host)));
                return;
            };
            self.host.set_now(due.max(http_filter::Host::now(&self.host)));
            let config = Rc::clone(self.plugin.config());
            let tick = config.on_tick(&self.host);
            let now = http_filter::Host::now(&self.host);
            self.next_tick = tick.next.map(|after| now + after.max(Duration::from_millis(1)));
            for (token, call) in tick.calls {
                let response = self.answer(&call);
                if let Some(after) = config.on_call_response(token, response, &self.host) {
                    self.next_tick =
                        Some(http_filter::Host::now(&self.host) + after.max(Duration::from_millis(1)));
                }
            }
        }
        panic!("the filter ticks for ever");
    }

    fn answer(&mut self, call: &Call) -> CallResponse {
        let (cluster, timeout, max) = match call {
            Call::Http(call) => (&call.cluster, call.timeout, call.max_response),
            Call::Grpc(call) => (&call.cluster, call.timeout, call.max_response),
        };
        let made = self.calls.entry(cluster.clone()).or_default();
        *made += 1;
        let Some(answer) = self
            .clusters
            .get(cluster)
            .and_then(|answers| answers.get(*made as usize - 1).or(answers.last()))
        else {
            return CallResponse::Failed(CallFailure::NotDispatched);
        };
        self.host.advance(answer.delay.duration().min(timeout));
        let timed_out = answer.delay.duration() > timeout;
        let body = answer.json.as_ref().map(|json| json.to_string().into_bytes());
        let body = body
            .or_else(|| answer.body.clone().map(|text| text.0))
            .unwrap_or_default();
        match (answer.failed, call) {
            (Some(Failure::NotDispatched), _) => CallResponse::Failed(CallFailure::NotDispatched),
            (Some(Failure::Reset), Call::Http(_)) => CallResponse::Failed(CallFailure::Reset),
            (Some(Failure::Reset), Call::Grpc(_)) => CallResponse::Grpc {
                status: 14,
                message: Vec::new(),
            },
            (None, Call::Http(_)) if timed_out => {
                http(504, BTreeMap::new(), b"upstream request timeout".to_vec())
            }
            (None, Call::Grpc(_)) if timed_out => CallResponse::Grpc {
                status: 4,
                message: Vec::new(),
            },
            (None, _) if body.len() > max => CallResponse::Failed(CallFailure::TooLarge),
            (None, Call::Http(_)) => http(answer.status.unwrap_or(200), answer.headers.clone(), body),
            (None, Call::Grpc(_)) => CallResponse::Grpc {
                status: answer.grpc_status.unwrap_or(0),
                message: body,
            },
        }
    }
}

/// How long a stream waits between two looks, as in the adapter.
const WAKE: Duration = Duration::from_millis(20);

fn http(
    status: u16,
    headers: BTreeMap<String, http_filter::OneOrMany<crate::case::Text>>,
    body: Vec<u8>,
) -> CallResponse {
    let status = (":status".to_owned(), status.to_string().into_bytes());
    CallResponse::Http {
        headers: Headers::new(std::iter::once(status).chain(lines(&headers)).collect()),
        body,
    }
}

fn reply_headers(reply: &LocalReply) -> Headers {
    let status = HeaderMutation::default().set(":status", reply.status.to_string());
    let fields = reply.headers.iter().fold(status, |all, (name, value)| {
        all.append(name.clone(), value.clone())
    });
    Headers::default().mutated(&fields)
}

fn grown(before: &BTreeMap<String, u64>, after: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    after
        .into_iter()
        .map(|(name, value)| {
            let old = before.get(&name).copied().unwrap_or_default();
            (name, value - old)
        })
        .filter(|(_, by)| *by > 0)
        .collect()
}
