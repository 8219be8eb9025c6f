//! cache-headers before real caches: what they keep with the filter and without it, and that nobody is given what is
//! somebody else's. The table is `cache_headers_caches.yaml`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests; the table is what they show"
)]

use edge_demo::http::Request;
use integration::{Answer, Cached, Proxy, Upstream, envoys, module, wasm_filter};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{SystemTime, UNIX_EPOCH},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    configuration: Value,
    exchanges: Vec<Exchange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    name: String,
    path: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    first: BTreeMap<String, String>,
    #[serde(default)]
    second: BTreeMap<String, String>,
    response: Response,
    #[serde(default)]
    own: bool,
    why: Option<String>,
    with: BTreeMap<String, Outcome>,
    without: BTreeMap<String, Outcome>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    #[serde(default = "ok")]
    status: u16,
    headers: BTreeMap<String, String>,
}

/// What the second client's request came to.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Hit,
    Miss,
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> u16 {
    200
}

fn table() -> Table {
    serde_yaml_ng::from_str(include_str!("cache_headers_caches.yaml")).unwrap()
}

#[test]
fn what_caches_keep() {
    let table = table();
    let cached = Cached::start(&table.configuration, |proxy| proxy);
    cached.before_each(&["nginx", "varnish"], |cache, address| {
        judge(&table, cache, &cached.upstream, address);
    });
}

/// Requests that Envoy's caches take up go to the cluster past the filters behind them: there the filter does nothing.
#[test]
fn envoys_own_caches_pass_over_the_listeners_filters() {
    let upstream = Upstream::start();
    let configuration = json!({"rules": {"browser": {"max_age": "1h"}}});
    for (name, proxy, expected) in [
        (
            "before",
            Proxy::default()
                .http_filter(filter(&configuration))
                .http_filter(envoys("cache")),
            Some("max-age=3600"),
        ),
        (
            "behind cache",
            Proxy::default()
                .http_filter(envoys("cache"))
                .http_filter(filter(&configuration)),
            None,
        ),
        (
            "behind cache_v2",
            Proxy::default()
                .http_filter(envoys("cache_v2"))
                .http_filter(filter(&configuration)),
            None,
        ),
    ] {
        let envoy = proxy.start(&upstream);
        let response = Request::get("/").send(envoy.address()).unwrap();
        assert_eq!(response.header("cache-control").as_deref(), expected, "{name}");
    }
}

fn filter(configuration: &Value) -> Value {
    let plugin = json!({"allow_on_headers_stop_iteration": true});
    wasm_filter(
        "cache-headers",
        &module::shipped("cache-headers"),
        configuration,
        plugin,
    )
}

fn now() -> Vec<u8> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    http_fields::http_date::format(i64::try_from(since.as_secs()).unwrap())
}

/// Plays the table before one cache, with the filter and without it.
fn judge(table: &Table, cache: &str, upstream: &Upstream, address: &dyn Fn(&str) -> SocketAddr) {
    let mut wrong = Vec::new();
    println!("{cache:60} without  with");
    for exchange in &table.exchanges {
        let (with, without) = (exchange.with[cache], exchange.without[cache]);
        let name = &exchange.name;
        assert!(
            !exchange.own || with == Outcome::Miss,
            "{name}: it's one client's own"
        );
        let lost = (with, without) == (Outcome::Miss, Outcome::Hit);
        assert!(
            !lost || exchange.why.is_some(),
            "{name}: a hit is lost without a reason"
        );
        let found_without = exchange.play("without", address("without"), upstream);
        let found = exchange.play("with", address("with"), upstream);
        println!("  {name:58} {found_without:?}     {found:?}");
        if (found, found_without) != (with, without) {
            wrong.push(format!("{name}: expected {without:?} without, {with:?} with it"));
        }
    }
    assert!(wrong.is_empty(), "{cache}: {wrong:#?}");
}

impl Exchange {
    /// Two clients, one after the other.
    fn play(&self, host: &str, cache: SocketAddr, upstream: &Upstream) -> Outcome {
        let mut outcome = Outcome::Miss;
        for (body, headers) in [("first", &self.first), ("second", &self.second)] {
            let mut answer = Answer::text(body);
            answer.status = self.response.status;
            // As every origin does; without it Envoy's caches take a response for decades old.
            answer = answer.header("date", now());
            for (name, value) in &self.response.headers {
                answer = answer.header(name, value);
            }
            upstream.answer_with(answer);
            upstream.received();
            let mut request = Request::new(&self.method, &self.path).header("host", host);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let response = request.send(cache).unwrap();
            assert_eq!(
                response.status,
                self.response.status,
                "{}: {}",
                self.name,
                response.text()
            );
            let asked = upstream.received().len();
            outcome = if asked == 0 { Outcome::Hit } else { Outcome::Miss };
            let expected = if outcome == Outcome::Hit { "first" } else { body };
            assert_eq!(response.text(), expected, "{}", self.name);
        }
        outcome
    }
}
