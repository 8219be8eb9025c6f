//! The shipped chain, `envoy/chain.yaml`, with an identity provider and one upstream for every backend, without a rate limit
//! service.

use crate::{Upstream, module};
use edge_demo::{
    envoy::Envoy,
    http::{Request, Response},
    idp::IdentityProvider,
    process::free_address,
};

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
        let yaml = std::fs::read_to_string(module::workspace().join("envoy/chain.yaml")).unwrap();
        let idp = IdentityProvider::start().unwrap_or_else(|error| panic!("{error}"));
        let upstream = Upstream::start();
        let envoy = Envoy::builder(&yaml)
            .concurrency(workers)
            .service("idp", idp.address())
            .service("functions", upstream.address())
            .service("legacy", upstream.address())
            // Nobody listens there: the chain counts by itself.
            .service("ratelimit", free_address().unwrap())
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
