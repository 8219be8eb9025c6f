//! One Envoy with a listener for each state, in which one set of dependencies is.

use super::{Build, Dependency, Serving, State, access_log::access_log};
use crate::{Proxy, bootstrap, tables};
use edge_demo::{envoy::Envoy, http::Request, idp::IdentityProvider};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// What filters and requests depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Keys,
    DenyList,
    Database,
    Limits,
    Upstream,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [
        Self::Keys,
        Self::DenyList,
        Self::Database,
        Self::Limits,
        Self::Upstream,
    ];

    /// What the report calls it; its cluster's name begins so, and the paths of requests that need it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::DenyList => "deny-list",
            Self::Database => "database",
            Self::Limits => "limits",
            Self::Upstream => "upstream",
        }
    }

    /// How long a request may take that needs it, by its configuration here and the documentation.
    pub(super) fn bound(self) -> Duration {
        match self {
            Self::Keys | Self::DenyList => WAIT,
            Self::Database => Duration::ZERO,
            Self::Limits => LIMITS_TIMEOUT,
            Self::Upstream => ROUTE_TIMEOUT,
        }
    }

    fn serving(self, keys: &[u8]) -> Serving {
        let document = |kind, bytes: &[u8]| Serving::Document(kind, Arc::from(bytes));
        match self {
            Self::Keys => document("application/json", keys),
            Self::DenyList => document("application/json", br#"{"sub": ["mallory"]}"#),
            Self::Database => document("application/octet-stream", &tables::placing("KP", 0)),
            Self::Upstream => document("text/html", "<p>all is well</p>".repeat(200).as_bytes()),
            Self::Limits => Serving::Limits,
        }
    }
}

/// A state, and the dependencies that are in it.
pub(super) struct Place {
    pub(super) state: State,
    pub(super) name: &'static str,
    dependencies: Vec<(Kind, Dependency)>,
}

impl Place {
    /// Where requests that need this dependency go.
    pub(super) fn listener(&self, kind: Kind) -> String {
        match kind {
            Kind::DenyList | Kind::Database => format!("{}-{}", kind.name(), self.name),
            _ => self.name.to_owned(),
        }
    }

    fn become_so(&self, state: Option<State>) {
        for (_, dependency) in &self.dependencies {
            dependency.become_so(state);
        }
    }
}

/// The Envoy, and what it needs.
pub(super) struct Setting {
    pub(super) envoy: Envoy,
    pub(super) places: Vec<Place>,
    /// By the identity provider's keys: of a user, and of one who is on the list.
    pub(super) tokens: Vec<String>,
    pub(super) denied: String,
}

impl Setting {
    /// Starts it with the dependencies in their states, or well.
    pub(super) fn start(build: Build, workers: usize, failing: bool) -> Self {
        let idp = IdentityProvider::start().unwrap();
        let keys = Request::get("/jwks.json").send(idp.address()).unwrap().body;
        let key_set = serde_json::from_slice(&keys).unwrap();
        let token = |query: &str| idp.token(query).unwrap();
        let place = |(state, name): (State, &'static str)| Place {
            state,
            name,
            dependencies: Kind::ALL
                .map(|kind| {
                    let state = failing.then_some(state);
                    (kind, Dependency::start(kind.serving(&keys), state))
                })
                .into(),
        };
        let places: Vec<Place> = State::ALL.into_iter().map(place).collect();
        let listeners = places
            .iter()
            .flat_map(|place| LISTENERS.map(|kind| listener(build, place, kind, &key_set)))
            .collect();
        let mut clusters = Vec::new();
        for place in &places {
            for (kind, dependency) in &place.dependencies {
                let name = format!("{}-{}", kind.name(), place.name);
                let http2 = *kind == Kind::Limits;
                clusters.extend(cluster(&name, dependency.address(), Some(place.state), http2));
            }
        }
        let envoy = Envoy::builder(&bootstrap(listeners, clusters).to_string())
            .concurrency(workers)
            .start()
            .unwrap_or_else(|error| panic!("{error}"));
        Self {
            envoy,
            places,
            tokens: (0..50)
                .map(|user| token(&format!("sub=user-{user}&aud=edge")))
                .collect(),
            denied: token("sub=mallory&aud=edge"),
        }
    }

    /// All dependencies are well, or each in its state.
    pub(super) fn fail(&self, failing: bool) {
        for place in &self.places {
            place.become_so(failing.then_some(place.state));
        }
    }

    pub(super) fn address(&self, listener: &str) -> SocketAddr {
        self.envoy.listener(listener).unwrap()
    }
}

/// A listener whose requests need this dependency: of those that stop every request, one has nothing else.
fn listener(build: Build, place: &Place, kind: Kind, keys: &Value) -> Value {
    let name = place.name;
    let fetched = |what: &str, path: &str| {
        json!({"uri": format!("http://{name}.example/{path}"), "cluster": format!("{what}-{name}"),
            "timeout": "500ms", "refresh": "1s"})
    };
    let jwt_auth = |jwks: Value, deny: Value| {
        let configuration = json!({
            "providers": {"corp": {"issuer": IdentityProvider::ISSUER, "audiences": "edge", "jwks": jwks}},
            "wait": "1s",
            "deny": deny,
            "rules": [{"match": {"path": ["/keys", "/deny-list"]}, "require": "corp"}, {"allow": "anyone"}],
        });
        ("jwt-auth", configuration)
    };
    let geo_routing = |client: Value| {
        let rules = json!([{"when": {"country": "KP"}, "block": 451}]);
        ("geo-routing", json!({"client": [client], "rules": rules}))
    };
    let filters = match kind {
        Kind::DenyList => vec![jwt_auth(
            json!({"keys": keys["keys"]}),
            json!({"list": fetched("deny-list", "deny.json")}),
        )],
        Kind::Database => vec![geo_routing(
            json!({"database": {"cluster": format!("database-{name}"),
            "path": format!("/{name}.table"), "timeout": "500ms", "refresh": "1s", "on_failure": "reject"}}),
        )],
        _ => vec![
            jwt_auth(fetched("keys", "jwks.json"), json!({"sub": ["mallory"]})),
            (
                "rate-limit",
                json!({
                    "policies": {"clients": {"requests": 1, "per": "1h"}},
                    "rules": [{"match": {"path": "/limits"}, "limit": "clients"}, {"limit": []}],
                    "global": {"cluster": format!("limits-{name}"), "domain": "edge", "timeout": "100ms"},
                }),
            ),
            geo_routing(json!({"header": "cf-ipcountry", "trust": "anyone"})),
            (
                "compression-negotiation",
                json!({"encode": true, "min_length": "1KiB"}),
            ),
            (
                "cache-headers",
                json!({
                    "rules": [{"match": {"content_type": "text/html"}, "browser": {"no_cache": true}}],
                }),
            ),
        ],
    };
    let mut listener = build
        .add(Proxy::default(), &filters)
        .listener(&place.listener(kind));
    let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
    manager["access_log"] = access_log();
    // Envoy's own timers tell how late the machine is.
    let filters = manager["http_filters"].as_array_mut().unwrap();
    let router = filters.len() - 1;
    filters.insert(
        router,
        json!({"name": "envoy.filters.http.fault", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
            "delay": {"fixed_delay": "0.020s", "percentage": {"numerator": 100}},
            "headers": [{"name": "x-sample", "present_match": true}],
        }}),
    );
    manager["route_config"]["virtual_hosts"][0]["routes"] = json!([
        {"match": {"path": "/upstream"}, "route": {"cluster": format!("upstream-{name}"), "timeout": "1s"}},
        // Nothing but the filters can take time there.
        {"match": {"prefix": "/"}, "direct_response": {"status": 200}},
    ]);
    // A cluster that isn't there is one of the states.
    manager["route_config"]["validate_clusters"] = json!(false);
    listener
}

/// A cluster; none where that is what's wrong.
fn cluster(name: &str, address: SocketAddr, state: Option<State>, http2: bool) -> Option<Value> {
    let mut cluster = json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {
            "socket_address": {"address": address.ip().to_string(), "port_value": address.port()},
        }}}]}]},
    });
    if http2 {
        cluster["http2_protocol_options"] = json!({});
    }
    match state {
        Some(State::NoCluster) => return None,
        Some(State::NoHost) => cluster["load_assignment"]["endpoints"] = json!([]),
        Some(State::NoName) => {
            cluster["type"] = json!("STRICT_DNS");
            let address =
                &mut cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"];
            address["socket_address"]["address"] = json!("nowhere.invalid");
        }
        _ => {}
    }
    Some(cluster)
}

/// How long Envoy itself holds a sample.
pub(super) const SAMPLE: Duration = Duration::from_millis(20);
/// One for what is asked while requests go on, and one each for what all requests of a filter need.
const LISTENERS: [Kind; 3] = [Kind::Keys, Kind::DenyList, Kind::Database];
const WAIT: Duration = Duration::from_secs(1);
const LIMITS_TIMEOUT: Duration = Duration::from_millis(100);
const ROUTE_TIMEOUT: Duration = Duration::from_secs(1);
