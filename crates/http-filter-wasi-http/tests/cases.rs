//! The filters' own cases, by this adapter.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter::{
    AnyPlugin, BodyPlan, Call, CallFailure, CallResponse, FilterConfig, Headers, Held, OneOrMany, Plugin,
};
use http_filter_replay::{
    Case, Observed, Tier,
    case::{Answer, Failure},
    differences, lines,
};
use http_filter_test::load;
use http_filter_wasi_http::{Clock, Exchange, Memory, Step};
use std::{cell::Cell, collections::BTreeMap, path::Path, rc::Rc, time::Duration};

struct Simulated(Cell<Duration>);

impl Clock for Simulated {
    fn now(&self) -> Duration {
        self.0.get()
    }

    fn random(&self) -> u64 {
        4
    }
}

#[test]
fn jwt_auth() {
    replay::<jwt_auth::JwtAuth>("../jwt-auth/cases");
}

#[test]
fn cache_headers() {
    replay::<cache_headers::CacheHeaders>("../cache-headers/cases");
}

#[test]
fn compression_negotiation() {
    replay::<compression_negotiation::CompressionNegotiation>("../compression-negotiation/cases");
}

/// Those cases that need what this host has: no properties, no overrides by route, no time in which nothing is asked.
fn can_show(case: &Case) -> bool {
    let exchanges = case.exchanges();
    let of_the_host = case.properties.is_empty() && case.route_config.is_none();
    of_the_host
        && case.runs_in(Tier::Native)
        && exchanges
            .iter()
            .all(|exchange| exchange.at.is_none() && exchange.properties.is_empty())
}

fn replay<C: FilterConfig>(folder: &str) {
    let cases = load(Path::new(folder));
    let (mut failures, mut ran) = (Vec::new(), 0);
    for case in cases.iter().filter(|case| can_show(case)) {
        ran += 1;
        failures.extend(
            play::<C>(case)
                .into_iter()
                .map(|line| format!("{}: {line}", case.name)),
        );
    }
    assert!(
        ran * 2 > cases.len(),
        "{folder}: only {ran} of {} cases",
        cases.len()
    );
    assert!(
        failures.is_empty(),
        "{} of {ran} cases differ:\n  {}",
        failures.len(),
        failures.join("\n  ")
    );
}

fn play<C: FilterConfig>(case: &Case) -> Vec<String> {
    let config = case.config.as_ref().map(ToString::to_string);
    let plugin = match (
        Plugin::<C>::new(config.as_deref().map(str::as_bytes)),
        &case.refused,
    ) {
        (Ok(plugin), None) => Rc::new(plugin),
        (Err(error), Some(expected)) if error.to_string().contains(expected) => return Vec::new(),
        (Ok(_), Some(expected)) => {
            return vec![format!("accepted, expected to be refused with {expected:?}")];
        }
        (Err(error), _) => return vec![format!("refused: {error}")],
    };
    let start = Duration::from_secs(case.now.unwrap_or(1_800_000_000));
    let host = Rc::new(Memory::new(Simulated(Cell::new(start))));
    let mut clusters = Clusters {
        answers: case.clusters.clone(),
        made: BTreeMap::new(),
    };
    let mut found = Vec::new();
    for (index, exchange) in case.exchanges().iter().enumerate() {
        for time in 1..=exchange.repeat {
            let (before, made) = (host.counters(), clusters.made.clone());
            let mut observed = one(
                &plugin,
                &host,
                &mut clusters,
                exchange.request.to_headers(),
                exchange,
            );
            observed.counters = grown(&before, host.counters());
            observed.calls = Some(grown(&made, clusters.made.clone()));
            let published = host.published();
            observed.properties = published
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_vec()))
                .collect();
            let differ = differences(&exchange.expect, &observed);
            found.extend(
                differ
                    .into_iter()
                    .map(|line| format!("exchange {}, time {time}: {line}", index + 1)),
            );
        }
    }
    found
}

fn one(
    plugin: &dyn AnyPlugin,
    host: &Rc<Memory<Simulated>>,
    clusters: &mut Clusters,
    request: Headers,
    exchange: &http_filter_replay::case::Exchange,
) -> Observed {
    let mut filter = Exchange::new(plugin, Rc::clone(host), request);
    let mut step = filter.begin();
    for _ in 0..10_000 {
        step = match step {
            Step::Call(call) => filter.on_answer(clusters.answer(&call, host)),
            Step::Sleep(time) => {
                host.clock().0.set(host.clock().0.get() + time);
                filter.on_time()
            }
            Step::Reply(reply) => {
                return Observed {
                    client: reply.to_headers(),
                    body: reply.body,
                    ..Observed::default()
                };
            }
            Step::Forward(upstream) => {
                let mut chunks: Vec<Vec<u8>> = exchange
                    .response
                    .body
                    .iter()
                    .map(|chunk| chunk.0.clone())
                    .collect();
                let response = exchange
                    .response
                    .to_headers()
                    .with_end_of_stream(chunks.is_empty());
                let (mut client, mut plan) = filter.on_response(&response);
                if let BodyPlan::Hold { limit } = plan {
                    let whole = chunks.concat();
                    let held = if whole.len() <= limit {
                        Held::Whole(&whole)
                    } else {
                        Held::TooLarge
                    };
                    (client, plan) = filter.on_held(held, &client);
                }
                match plan {
                    BodyPlan::Pass | BodyPlan::Hold { .. } => {}
                    BodyPlan::Discard => chunks.clear(),
                    BodyPlan::Rewrite => {
                        let last = chunks.len().saturating_sub(1);
                        let mut rewriter = filter.into_rewriter();
                        let rewritten = chunks.into_iter().enumerate();
                        chunks = rewritten
                            .map(|(index, chunk)| rewriter.on_chunk(chunk, index == last))
                            .collect();
                    }
                }
                return Observed {
                    upstream: Some(upstream),
                    client,
                    body: chunks.concat(),
                    ..Observed::default()
                };
            }
        };
    }
    panic!("no end of it");
}

struct Clusters {
    answers: BTreeMap<String, OneOrMany<Answer>>,
    made: BTreeMap<String, u64>,
}

impl Clusters {
    fn answer(&mut self, call: &Call, host: &Memory<Simulated>) -> CallResponse {
        let Call::Http(call) = call else {
            return CallResponse::Failed(CallFailure::NotDispatched);
        };
        let made = self.made.entry(call.cluster.clone()).or_default();
        *made += 1;
        let place = usize::try_from(*made - 1).unwrap();
        let answer = self
            .answers
            .get(&call.cluster)
            .and_then(|answers| answers.get(place).or(answers.last()));
        let Some(answer) = answer else {
            return CallResponse::Failed(CallFailure::NotDispatched);
        };
        let taken = answer.delay.duration().min(call.timeout);
        host.clock().0.set(host.clock().0.get() + taken);
        if answer.delay.duration() > call.timeout {
            return CallResponse::Http {
                headers: Headers::new(vec![(":status".to_owned(), b"504".to_vec())]),
                body: Vec::new(),
            };
        }
        match answer.failed {
            Some(Failure::NotDispatched) => return CallResponse::Failed(CallFailure::NotDispatched),
            Some(Failure::Reset) => return CallResponse::Failed(CallFailure::Reset),
            None => {}
        }
        let body = match (&answer.body, &answer.json) {
            (Some(body), _) => body.0.clone(),
            (None, Some(json)) => json.to_string().into_bytes(),
            (None, None) => Vec::new(),
        };
        if body.len() > call.max_response {
            return CallResponse::Failed(CallFailure::TooLarge);
        }
        let status = (
            ":status".to_owned(),
            answer.status.unwrap_or(200).to_string().into_bytes(),
        );
        let fields = std::iter::once(status).chain(lines(&answer.headers)).collect();
        CallResponse::Http {
            headers: Headers::new(fields),
            body,
        }
    }
}

fn grown(before: &BTreeMap<String, u64>, after: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let grown = after.into_iter().map(|(name, value)| {
        let old = before.get(&name).copied().unwrap_or_default();
        (name, value - old)
    });
    grown.filter(|(_, by)| *by > 0).collect()
}
