//! The probe behind Envoy's listener, before an upstream that remembers.

use edge_demo::envoy::Envoy;
use edge_demo::http::{Request, Response};
use integration::{FilterHost, Proxy, Upstream};
use serde_json::Value;

pub(crate) struct World {
    pub(crate) envoy: Envoy,
    pub(crate) upstream: Upstream,
}

impl World {
    pub(crate) fn new(configuration: &Value, plugin: Value) -> Self {
        Self::with(Proxy::default().probe(configuration, plugin))
    }

    pub(crate) fn with(proxy: Proxy) -> Self {
        let upstream = Upstream::start();
        Self {
            envoy: proxy.start(&upstream),
            upstream,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send(&Request::get(path))
    }

    pub(crate) fn send(&self, request: &Request) -> Response {
        request.send(self.envoy.address()).unwrap()
    }

    /// What the upstream got of the request for `path`.
    pub(crate) fn upstream_header(&self, path: &str, name: &str) -> Option<String> {
        let received = self.upstream.received();
        let request = received
            .iter()
            .rev()
            .find(|request| request.headers.path() == path.as_bytes())?;
        request
            .headers
            .combined(name)
            .map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    pub(crate) fn counter(&self, name: &str) -> u64 {
        let stats = self
            .envoy
            .admin()
            .get(&format!(
                "/stats?filter={}{name}$",
                FilterHost::chosen().counters("probe")
            ))
            .unwrap();
        stats
            .rsplit(' ')
            .next()
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or(0)
    }
}
