//! Replays `cases/*.yaml` in a real Envoy, a process or a container: a listener, and a VM, for every case. What Envoy
//! does is held against what the case says, and against what `edge-filters explain` says.

mod build;
mod setting;

pub use build::Build;

use crate::{EnvoyContainer, Explained, FilterHost, Proxy, Upstream, bootstrap, module};
use edge_demo::envoy::{Admin, Envoy};
use http_filter_test::{Case, Observed, Tier, case::Exchange, differences, load};
use serde_json::Value;
use setting::{answer, client_headers, property_header, proxy, request};
use std::{collections::BTreeMap, net::SocketAddr};

/// Replays every case of `filter` that a real Envoy can show, in a process.
///
/// # Panics
/// When a case does not come to what it expects; the message lists all of them.
pub fn replay_in_envoy(filter: &str) {
    replay_build_in_envoy(&Build::only(filter));
}

/// As [`replay_in_envoy`], for one build of a filter.
///
/// # Panics
/// As [`replay_in_envoy`].
pub fn replay_build_in_envoy(build: &Build) {
    let (refused, played) = cases(build);
    let mut failures = replay(build, &played, Upstream::start, |configuration| {
        Envoy::start(&configuration.to_string()).unwrap_or_else(|error| panic!("{}: {error}", build.module))
    });
    // The in-process VM refuses all of them; that Envoy then does not start needs no proof a hundred times over.
    for case in refused.iter().take(REFUSALS) {
        failures.extend(refuse(build, case));
    }
    none_differ(&failures, &played);
}

/// As [`replay_in_envoy`], in containers, without the configurations that are to be refused.
///
/// # Panics
/// As [`replay_in_envoy`].
pub fn replay_in_container(filter: &str) {
    let build = Build::only(filter);
    let (_, played) = cases(&build);
    let start = |configuration: &Value| EnvoyContainer::start(configuration);
    none_differ(&replay(&build, &played, Upstream::for_containers, start), &played);
}

/// An Envoy at work, wherever it runs.
trait Running {
    fn listener(&self, name: &str) -> Option<SocketAddr>;
    fn admin(&self) -> &Admin;
}

impl Running for Envoy {
    fn listener(&self, name: &str) -> Option<SocketAddr> {
        self.listener(name)
    }

    fn admin(&self) -> &Admin {
        self.admin()
    }
}

impl Running for EnvoyContainer {
    fn listener(&self, name: &str) -> Option<SocketAddr> {
        self.listener(name)
    }

    fn admin(&self) -> &Admin {
        self.admin()
    }
}

/// The cases that are to be refused, and those that are to be played.
fn cases(build: &Build) -> (Vec<Case>, Vec<Case>) {
    let crates = module::workspace().join("crates");
    let cases = load(&crates.join(build.filter).join(build.cases));
    let (refused, played): (Vec<_>, Vec<_>) = cases
        .into_iter()
        .filter(|case| case.runs_in(Tier::Envoy))
        .map(|case| match build.section {
            Some(section) => case.in_section(section),
            None => case,
        })
        .partition(|case| case.refused.is_some());
    assert!(!played.is_empty(), "{}: no case runs in Envoy", build.module);
    (refused, played)
}

fn replay<E: Running>(
    build: &Build,
    cases: &[Case],
    upstream: impl Fn() -> Upstream,
    start: impl Fn(&Value) -> E,
) -> Vec<String> {
    let batches = cases.chunks(BATCH);
    batches
        .flat_map(|batch| Replay::start(build, batch, upstream(), &start).run(batch))
        .collect()
}

fn none_differ(failures: &[String], played: &[Case]) {
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n  {}",
        failures.len(),
        played.len(),
        failures.join("\n  ")
    );
}

/// How many listeners an Envoy gets at a time: each is a VM per worker.
const BATCH: usize = 40;
const REFUSALS: usize = 3;

struct Replay<E> {
    filter: String,
    host: FilterHost,
    /// Whether the filter is one of a suite.
    in_suite: bool,
    envoy: E,
    upstream: Upstream,
}

impl<E: Running> Replay<E> {
    fn start(build: &Build, cases: &[Case], upstream: Upstream, start: impl Fn(&Value) -> E) -> Self {
        let listeners = cases
            .iter()
            .enumerate()
            .map(|(index, case)| proxy(build, index, case).listener(&index.to_string()));
        let configuration = bootstrap(listeners.collect(), Proxy::default().all_clusters(&upstream));
        Self {
            filter: build.filter.to_owned(),
            host: build.host,
            in_suite: build.section.is_some(),
            envoy: start(&configuration),
            upstream,
        }
    }

    fn run(&self, cases: &[Case]) -> Vec<String> {
        let mut failures = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            let mut explained = Explained::begin(&self.filter, self.in_suite, case);
            for (number, exchange) in case.exchanges().iter().enumerate() {
                for time in 1..=exchange.repeat {
                    let found = self.exchange(&index.to_string(), case, exchange, &mut explained);
                    let place = format!("{}: exchange {}, time {time}: ", case.name, number + 1);
                    failures.extend(found.into_iter().map(|line| place.clone() + &line));
                }
            }
        }
        failures
    }

    fn exchange(
        &self,
        listener: &str,
        case: &Case,
        exchange: &Exchange,
        explained: &mut Explained,
    ) -> Vec<String> {
        let before = self.counters();
        self.upstream.answer_with(answer(&exchange.response));
        let address = self.envoy.listener(listener).unwrap();
        let response = match request(case, exchange).send(address) {
            Ok(response) => response,
            Err(error) => return vec![error.to_string()],
        };
        let upstream = self.upstream.received().pop().map(|received| received.headers);
        let names = exchange.expect.properties.keys().enumerate();
        let properties = names.filter_map(|(number, name)| {
            let value = upstream.as_ref()?.first(&property_header(number))?;
            // Envoy's substitution writes a dash for what isn't there.
            (value != b"-").then(|| (name.clone(), value.to_vec()))
        });
        let observed = Observed {
            properties: properties.collect(),
            client: client_headers(&response),
            body: response.body,
            counters: self
                .counters()
                .into_iter()
                .map(|(name, count)| {
                    let old = before.get(&name).copied().unwrap_or_default();
                    (name, count - old)
                })
                .collect(),
            upstream,
            reroute: None,
            calls: None,
        };
        let mut found = differences(&exchange.expect, &observed);
        found.extend(explained.differences(case, exchange, &observed));
        found
    }

    fn counters(&self) -> BTreeMap<String, u64> {
        let prefix = self.host.counters(&self.filter);
        let stats = self
            .envoy
            .admin()
            .get(&format!("/stats?filter=^{prefix}"))
            .unwrap();
        let counter = |line: &str| {
            let (name, value) = line.strip_prefix(&prefix)?.split_once(": ")?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        stats.lines().filter_map(counter).collect()
    }
}

fn refuse(build: &Build, case: &Case) -> Option<String> {
    let expected = case.refused.as_ref()?;
    match proxy(build, 0, case).try_start(&Upstream::start()) {
        Ok(_) => Some(format!(
            "{}: accepted, expected to be refused with {expected:?}",
            case.name
        )),
        Err(error) if error.to_string().contains(expected) => None,
        Err(error) => Some(format!(
            "{}: refused with {error}, expected {expected:?}",
            case.name
        )),
    }
}
