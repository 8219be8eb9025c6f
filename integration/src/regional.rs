//! geo-routing in a real Envoy, before an upstream in each of three regions and one that requests reach unrouted.

use crate::{Answer, Proxy, Upstream};
use edge_demo::{
    envoy::Envoy,
    http::{Request, Response},
};
use geo_database::{Country, TableBuilder};
use http_filter::Headers;
use serde_json::{Value, json};

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

    /// A compact table made at `made`: first address, last address, country.
    ///
    /// # Panics
    /// When an address is none.
    pub fn table(made: u64, ranges: &[(&str, &str, &str)]) -> Vec<u8> {
        let mut builder = TableBuilder::new("test", made);
        for (first, last, country) in ranges {
            builder.add(
                first.parse().unwrap(),
                last.parse().unwrap(),
                Country::parse(country.as_bytes()),
            );
        }
        builder.build()
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
