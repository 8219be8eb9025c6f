//! geo-routing in a real Envoy, before an upstream in each of three regions and one that requests reach unrouted.

use crate::{Answer, Proxy, Upstream, eventually};
use edge_demo::{
    envoy::Envoy,
    http::{Request, Response},
};
use http_filter::Headers;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};

/// Three regions, `eu`, `us` and `ap`, whose upstreams answer with their names; the one outside of them says `unrouted`.
pub struct Regional {
    /// The Envoy.
    pub envoy: Envoy,
    upstreams: Vec<Upstream>,
}

impl Regional {
    /// A configuration of geo-routing with the three regions, and these further fields. With `fallback: us` and the nearest
    /// region for everybody, unless they say otherwise.
    ///
    /// # Panics
    /// When `fields` is no object.
    pub fn configuration(fields: &Value) -> Value {
        let mut configuration = json!({
            "cluster_header": "x-cluster",
            "regions": {
                "eu": {"cluster": "edge-eu", "at": [50, 9]},
                "us": {"cluster": "edge-us", "at": [39, -77]},
                "ap": {"cluster": "edge-ap", "at": [1, 104]},
            },
            "fallback": "us",
            "rules": {"route": "nearest"},
        });
        let fields = fields.as_object().unwrap().clone();
        configuration.as_object_mut().unwrap().extend(fields);
        configuration
    }

    /// Starts it with one worker and a [`configuration`](Self::configuration) of these fields.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn start(fields: &Value) -> Self {
        Self::with(Proxy::default().filter("geo-routing", &Self::configuration(fields)))
    }

    /// Starts a proxy with geo-routing in it.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn with(mut proxy: Proxy) -> Self {
        let mut upstreams = Vec::new();
        for name in NAMES {
            let upstream = Upstream::start();
            upstream.answer_with(Answer::text(name));
            proxy = proxy.cluster(&format!("edge-{name}"), upstream.address(), false);
            upstreams.push(upstream);
        }
        let unrouted = Upstream::start();
        unrouted.answer_with(Answer::text("unrouted"));
        let envoy = proxy.start(&unrouted);
        upstreams.push(unrouted);
        Self { envoy, upstreams }
    }

    /// A proxy whose geo-routing fetches `/files/world.table` from this server and looks for a newer one every second;
    /// `database` holds further fields of it.
    ///
    /// # Panics
    /// When `database` is no object.
    pub fn fetching(server: SocketAddr, database: &Value) -> Proxy {
        let mut fetched =
            json!({"cluster": "files", "path": "/files/world.table", "refresh": "1s", "timeout": "500ms"});
        let more = database.as_object().unwrap().clone();
        fetched.as_object_mut().unwrap().extend(more);
        let configuration = Self::configuration(&json!({"client": {"database": fetched}}));
        Proxy::default()
            .filter("geo-routing", &configuration)
            .cluster("files", server, false)
    }

    /// Asserts that clients with this address are soon served by the region.
    ///
    /// # Panics
    /// Where they aren't.
    #[track_caller]
    pub fn assert_becomes(&self, address: &str, region: &str, name: &str) {
        let became = eventually(PATIENCE, || self.serves(address) == region);
        assert!(became, "{name}: {}", self.envoy.log());
    }

    /// Asserts that a counter soon has come to this.
    ///
    /// # Panics
    /// Where it hasn't.
    #[track_caller]
    pub fn assert_counted(&self, counter: &str, at_least: u64, name: &str) {
        let counted = eventually(PATIENCE, || self.counter(counter) >= at_least);
        assert!(
            counted,
            "{name}: {counter} is {}\n{}",
            self.counter(counter),
            self.envoy.log()
        );
    }

    /// Has all upstreams send these headers too.
    pub fn answer_with(&self, headers: &[(&str, &str)]) {
        for (upstream, name) in self.upstreams.iter().zip(NAMES.iter().chain(["unrouted"].iter())) {
            let answer = Answer::text(name);
            upstream.answer_with(
                headers
                    .iter()
                    .fold(answer, |answer, (name, value)| answer.header(name, value)),
            );
        }
    }

    /// Sends a request; the response, and the request as an upstream got it, if one did.
    ///
    /// # Panics
    /// When there is no response.
    pub fn exchange(&self, request: &Request) -> (Response, Option<Headers>) {
        for upstream in &self.upstreams {
            upstream.received();
        }
        let response = request.send(self.envoy.address()).unwrap();
        let received = self.upstreams.iter().flat_map(Upstream::received).next();
        (response, received.map(|received| received.headers))
    }

    /// Who serves a client with this address: the name of a region, or `unrouted`; otherwise the status.
    ///
    /// # Panics
    /// When there is no response.
    pub fn serves(&self, address: &str) -> String {
        let (response, _) = self.exchange(&Self::request_from(address));
        if response.status == 200 {
            response.text()
        } else {
            response.status.to_string()
        }
    }

    /// A request from a client with this address.
    pub fn request_from(address: &str) -> Request {
        Request::get("/").header("x-forwarded-for", address)
    }

    /// One of geo-routing's counters.
    ///
    /// # Panics
    /// When Envoy's admin interface does not answer.
    pub fn counter(&self, name: &str) -> u64 {
        let counters = self.envoy.admin().filter_counters().unwrap();
        counters
            .get(&format!("geo_routing.{name}"))
            .copied()
            .unwrap_or_default()
    }
}

const NAMES: [&str; 3] = ["eu", "us", "ap"];
/// A busy machine may take so long for what takes a second.
const PATIENCE: Duration = Duration::from_secs(20);
