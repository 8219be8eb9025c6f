//! jwt-auth in a real Envoy, with keys that come from a provider.

use crate::{Proxy, Upstream, eventually};
use edge_demo::{
    envoy::Envoy,
    http::{Request, Response},
    idp::IdentityProvider,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

/// An upstream behind jwt-auth. Requests wait up to [`Guarded::WAIT`] for keys.
pub struct Guarded {
    /// The Envoy.
    pub envoy: Envoy,
}

impl Guarded {
    /// How long requests wait for keys.
    pub const WAIT: Duration = Duration::from_secs(1);
    /// How many workers Envoy has.
    pub const WORKERS: usize = 2;

    /// Starts it, with keys from `/jwks.json` at `keys`; `jwks` holds more of the fields under that name.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn start(keys: SocketAddr, jwks: &Value) -> Self {
        Self::start_by(Proxy::default(), keys, jwks)
    }

    /// As [`start`](Self::start), in this proxy.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_by(proxy: Proxy, keys: SocketAddr, jwks: &Value) -> Self {
        let mut remote =
            json!({"uri": "http://idp.example.com/jwks.json", "cluster": "idp", "timeout": "500ms"});
        remote
            .as_object_mut()
            .unwrap()
            .extend(jwks.as_object().cloned().unwrap_or_default());
        let configuration = json!({
            "providers": {"corp": {"issuer": IdentityProvider::ISSUER, "audiences": "edge", "jwks": remote}},
            "wait": "1s",
        });
        let envoy = proxy
            .filter("jwt-auth", &configuration)
            .cluster("idp", keys, false)
            .workers(Self::WORKERS)
            .start(&Upstream::start());
        Self { envoy }
    }

    /// Sends a request with a token. Whatever the provider does, the answer comes soon after [`Guarded::WAIT`].
    ///
    /// # Panics
    /// When it doesn't.
    pub fn get(&self, token: &str) -> Response {
        let response = Self::request(token).send(self.envoy.address()).unwrap();
        assert!(
            response.elapsed < Self::WAIT + SLACK,
            "a request took {:?}",
            response.elapsed
        );
        response
    }

    /// Asserts that there are no keys for the token, and that the client is told so as it should be.
    ///
    /// # Panics
    /// Where it isn't so.
    #[track_caller]
    pub fn assert_unavailable(&self, token: &str, name: &str) {
        let response = self.get(token);
        assert_eq!(response.status, 503, "{name}: {}", response.text());
        let problem = response.json();
        let kind = problem["type"].as_str().unwrap_or_default();
        assert!(kind.ends_with("keys_unavailable"), "{name}: {problem}");
        let retry = response
            .header("retry-after")
            .map(|seconds| seconds.parse::<u32>());
        assert!(matches!(retry, Some(Ok(1..))), "{name}: {retry:?}");
        let challenge = response.header("www-authenticate");
        assert_eq!(challenge, None, "{name}: it isn't the client's fault");
    }

    /// Asserts that the token is accepted soon.
    ///
    /// # Panics
    /// Where it isn't.
    #[track_caller]
    pub fn assert_recovers(&self, token: &str, name: &str) {
        let recovered = eventually(Duration::from_secs(30), || self.get(token).status == 200);
        assert!(recovered, "{name}: {:?}\n{}", self.counters(), self.envoy.log());
    }

    /// A request with a token.
    pub fn request(token: &str) -> Request {
        Request::get("/").header("authorization", format!("Bearer {token}"))
    }

    /// The counters of jwt-auth.
    ///
    /// # Panics
    /// When Envoy's admin interface does not answer.
    pub fn counters(&self) -> BTreeMap<String, u64> {
        let counters = self.envoy.admin().filter_counters().unwrap();
        let bare = |(name, count): (String, u64)| Some((name.strip_prefix("jwt_auth.")?.to_owned(), count));
        counters.into_iter().filter_map(bare).collect()
    }

    /// One of them.
    ///
    /// # Panics
    /// As [`counters`](Self::counters).
    pub fn counter(&self, name: &str) -> u64 {
        self.counters().get(name).copied().unwrap_or_default()
    }
}

/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(2);
