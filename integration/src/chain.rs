//! The shipped chain, `envoy/chain.yaml`, with an identity provider and one upstream for every backend, without a rate limit
//! service.

use crate::{Upstream, storm::Build};
use edge_demo::{
    envoy::{self, Envoy},
    http::{Request, Response},
    idp::IdentityProvider,
    process::free_address,
};
use serde_yaml_ng::Value;
use std::net::SocketAddr;

/// The chain at work.
pub struct Chain {
    /// The Envoy.
    pub envoy: Envoy,
    /// The identity provider.
    pub idp: IdentityProvider,
    /// What stands for the functions and the legacy server.
    pub upstream: Upstream,
}

impl Chain {
    /// Starts it, with so many workers.
    ///
    /// # Panics
    /// When a part does not start.
    pub fn start(workers: usize) -> Self {
        Self::start_with(workers, |_| {})
    }

    /// Starts it when the identity provider has been told how to behave.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_with(workers: usize, tell: impl FnOnce(&IdentityProvider)) -> Self {
        // Nobody listens there: the chain counts by itself.
        Self::start_as(Build::chosen(), workers, nobody(), tell)
    }

    /// The same in one of its builds, with a rate limit service at this address.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_as(
        build: Build,
        workers: usize,
        limits: SocketAddr,
        tell: impl FnOnce(&IdentityProvider),
    ) -> Self {
        Self::start_beside(build, workers, [limits, nobody()], tell)
    }

    /// The same with an OpenTelemetry collector at this address, and without a rate limit service.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_watched(workers: usize, collector: SocketAddr) -> Self {
        Self::start_beside(Build::chosen(), workers, [nobody(), collector], |_| {})
    }

    fn start_beside(
        build: Build,
        workers: usize,
        [limits, collector]: [SocketAddr; 2],
        tell: impl FnOnce(&IdentityProvider),
    ) -> Self {
        let yaml = chain(build);
        let idp = IdentityProvider::start().unwrap_or_else(|error| panic!("{error}"));
        tell(&idp);
        let upstream = Upstream::start();
        let envoy = Envoy::builder(&yaml)
            .concurrency(workers)
            .service("idp", idp.address())
            .service("functions", upstream.address())
            .service("functions-wasmedge", upstream.address())
            .service("legacy", upstream.address())
            .service("ratelimit", limits)
            .service("otel-collector", collector)
            .start()
            .unwrap_or_else(|error| panic!("{error}"));
        Self { envoy, idp, upstream }
    }

    /// Sends a request through it.
    ///
    /// # Panics
    /// When there is no response.
    pub fn send(&self, request: &Request) -> Response {
        request.send(self.envoy.address()).unwrap()
    }

    /// The sum of all counters whose name begins so.
    ///
    /// # Panics
    /// When Envoy's admin interface does not answer.
    pub fn counters(&self, prefix: &str) -> u64 {
        let stats = self
            .envoy
            .admin()
            .get(&format!("/stats?filter=^{prefix}"))
            .unwrap();
        stats
            .lines()
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum()
    }
}

/// Where nobody listens.
fn nobody() -> SocketAddr {
    free_address().unwrap()
}

/// Without health checks, since the upstream's answers are meant for requests; in this build.
fn chain(build: Build) -> String {
    let shipped = envoy::shipped("chain.yaml").unwrap();
    let mut document: Value = serde_yaml_ng::from_str(&shipped).unwrap();
    for cluster in document["static_resources"]["clusters"]
        .as_sequence_mut()
        .unwrap()
    {
        cluster.as_mapping_mut().unwrap().remove("health_checks");
    }
    let listener = &mut document["static_resources"]["listeners"][0];
    let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
    build.rebuild(manager["http_filters"].as_sequence_mut().unwrap());
    serde_yaml_ng::to_string(&document).unwrap()
}
