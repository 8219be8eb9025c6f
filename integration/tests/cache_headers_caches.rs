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

use edge_demo::{envoy::Envoy, http::Request};
use integration::{Answer, CachingProxy, Proxy, Upstream, bootstrap, module, wasm_filter};
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
fn nginx_and_varnish_in_front() {
    let table = table();
    let upstream = Upstream::start();
    let listeners = ["with", "without"].map(|name| {
        let proxy = match name {
            "with" => Proxy::default().http_filter(filter(&table.configuration)),
            _ => Proxy::default(),
        };
        proxy.listener(name)
    });
    let clusters = Proxy::default().all_clusters(&upstream);
    let envoy = Envoy::start(&bootstrap(listeners.to_vec(), clusters).to_string()).unwrap();
    let backends = ["with", "without"].map(|name| (name, envoy.listener(name).unwrap()));
    for name in ["nginx", "varnish"] {
        if let Some(proxy) = CachingProxy::named(name, &backends) {
            judge(&table, name, &upstream, |_| proxy.address());
        }
    }
}

/// Envoy's own caches pass over the filters behind them in the listener, so there the filter is one of the cluster's.
#[test]
fn envoys_own_caches_in_front() {
    let table = table();
    let upstream = Upstream::start();
    let mut clusters = Proxy::default().all_clusters(&upstream);
    let mut filtered = clusters[0].clone();
    filtered["name"] = json!("filtered");
    filtered["load_assignment"]["cluster_name"] = json!("filtered");
    let options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    filtered["typed_extension_protocol_options"][options]["http_filters"] =
        json!([filter(&table.configuration), codec()]);
    clusters.push(filtered);
    let mut listeners = Vec::new();
    for cache in ["cache", "cache_v2"] {
        for (name, cluster) in [("with", "filtered"), ("without", "upstream")] {
            let listener = Proxy::default()
                .http_filter(envoys(cache))
                .listener(&format!("{cache}_{name}"));
            let routed = listener
                .to_string()
                .replace("\"cluster\":\"upstream\"", &format!("\"cluster\":\"{cluster}\""));
            listeners.push(serde_json::from_str(&routed).unwrap());
        }
    }
    let envoy = Envoy::start(&bootstrap(listeners, clusters).to_string()).unwrap();
    for cache in ["cache", "cache_v2"] {
        judge(&table, cache, &upstream, |name| {
            envoy.listener(&format!("{cache}_{name}")).unwrap()
        });
    }
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

fn codec() -> Value {
    let codec = "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";
    json!({"name": "envoy.filters.http.upstream_codec", "typed_config": {"@type": codec}})
}

fn envoys(cache: &str) -> Value {
    let (config, storage) = match cache {
        "cache" => (
            "cache.v3.CacheConfig",
            "cache.simple_http_cache.v3.SimpleHttpCacheConfig",
        ),
        _ => (
            "cache_v2.v3.CacheV2Config",
            "cache_v2.simple_http_cache.v3.SimpleHttpCacheV2Config",
        ),
    };
    // Nothing that varies: 1.40's `cache` ends with a segmentation fault when a Vary that it's told to allow comes.
    json!({
        "name": cache,
        "typed_config": {
            "@type": format!("type.googleapis.com/envoy.extensions.filters.http.{config}"),
            "typed_config": {"@type": format!("type.googleapis.com/envoy.extensions.http.{storage}")},
        },
    })
}

fn now() -> Vec<u8> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    http_fields::http_date::format(i64::try_from(since.as_secs()).unwrap())
}

/// Plays the table before one cache, with the filter and without it.
fn judge(table: &Table, cache: &str, upstream: &Upstream, address: impl Fn(&str) -> SocketAddr) {
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
