//! An Envoy with filters in it, in front of an [`Upstream`].

use crate::{Upstream, module};
use edge_demo::{
    Error,
    envoy::{self, Envoy},
};
use serde_json::{Value, json};
use std::path::Path;

/// What runs filters in Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterHost {
    /// A Proxy-Wasm VM.
    Wasm,
    /// Envoy itself: the native module.
    Native,
}

impl FilterHost {
    /// What the tests are to run filters in: Wasm, unless `EDGE_FILTER_HOST` says `native`.
    pub fn chosen() -> Self {
        match std::env::var("EDGE_FILTER_HOST").as_deref() {
            Ok("native") => Self::Native,
            _ => Self::Wasm,
        }
    }

    /// What the names of a filter's counters begin with.
    pub fn counters(self, filter: &str) -> String {
        let filter = filter.replace('-', "_");
        match self {
            Self::Wasm => format!("wasmcustom.{filter}."),
            Self::Native => format!("dynamicmodulescustom.{filter}."),
        }
    }

    /// The filter state in which a filter publishes something.
    pub fn filter_state(self, name: &str) -> String {
        match self {
            Self::Wasm => format!("wasm.{name}"),
            Self::Native => name.to_owned(),
        }
    }
}

/// An Envoy to be configured: filters in order, one route to an upstream.
pub struct Proxy {
    filters: Vec<Value>,
    route_metadata: Value,
    request_headers: Vec<(String, String)>,
    clusters: Vec<Value>,
    listeners: Vec<Value>,
    trusted_hops: u32,
    workers: usize,
    environment: Vec<(String, String)>,
}

impl Default for Proxy {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            route_metadata: json!({}),
            request_headers: Vec::new(),
            clusters: Vec::new(),
            listeners: Vec::new(),
            trusted_hops: 1,
            workers: 1,
            environment: Vec::new(),
        }
    }
}

impl Proxy {
    /// Adds a shipped filter with its configuration, on the [chosen](FilterHost::chosen) host.
    #[must_use]
    pub fn filter(self, name: &str, configuration: &Value) -> Self {
        match FilterHost::chosen() {
            FilterHost::Wasm => self.wasm(name, &module::shipped(name), configuration, json!({})),
            FilterHost::Native => self.native(name, configuration),
        }
    }

    /// Adds a filter of the native module with its configuration. `name` is its `filter_name`.
    #[must_use]
    pub fn native(self, name: &str, configuration: &Value) -> Self {
        self.http_filter(native_filter(name, &module::native(), configuration))
    }

    /// Adds the probe, on the [chosen](FilterHost::chosen) host; `plugin` is for Wasm.
    #[must_use]
    pub fn probe(self, configuration: &Value, plugin: Value) -> Self {
        match FilterHost::chosen() {
            FilterHost::Wasm => self.wasm("probe", &module::probe(), configuration, plugin),
            FilterHost::Native => {
                self.http_filter(native_filter("probe", &module::native_probe(), configuration))
            }
        }
    }

    /// Adds a module; `plugin` holds further fields of Envoy's `PluginConfig`.
    #[must_use]
    pub fn wasm(self, name: &str, module: &Path, configuration: &Value, plugin: Value) -> Self {
        self.http_filter(wasm_filter(name, module, configuration, plugin))
    }

    /// Adds any filter of Envoy's.
    #[must_use]
    pub fn http_filter(mut self, filter: Value) -> Self {
        self.filters.push(filter);
        self
    }

    /// Gives the route metadata: filter name, then key and value.
    #[must_use]
    pub fn route_metadata(mut self, metadata: Value) -> Self {
        self.route_metadata = metadata;
        self
    }

    /// Adds a cluster with one endpoint; `http2` for one that speaks HTTP/2.
    #[must_use]
    pub fn cluster(mut self, name: &str, address: std::net::SocketAddr, http2: bool) -> Self {
        self.clusters.push(cluster(name, address, http2));
        self
    }

    /// Adds another listener to the same Envoy.
    #[must_use]
    pub fn beside(mut self, listener: Value) -> Self {
        self.listeners.push(listener);
        self
    }

    /// How many proxies in front of Envoy are believed what they say in X-Forwarded-For; one by default, which lets a test
    /// choose its client's address. With none the peer is the client.
    #[must_use]
    pub fn trusted_hops(mut self, proxies: u32) -> Self {
        self.trusted_hops = proxies;
        self
    }

    /// Runs so many workers; one by default.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Sets a variable of Envoy's environment.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has the router add a header to the request, with Envoy's substitution format for a value.
    #[must_use]
    pub fn request_header(mut self, name: &str, value: &str) -> Self {
        self.request_headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The configuration, with requests going to `upstream`, or by their `x-cluster` header to the cluster it names.
    pub fn configuration(&self, upstream: &Upstream) -> Value {
        let main = std::iter::once(self.listener("main"));
        let listeners = main.chain(self.listeners.iter().cloned()).collect();
        bootstrap(listeners, self.all_clusters(upstream))
    }

    /// One listener with the filters.
    pub fn listener(&self, name: &str) -> Value {
        json!({
            "name": name,
            "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
            "filter_chains": [{"filters": [self.connection_manager()]}],
        })
    }

    /// The clusters that the listener's requests and filters may go to.
    pub fn all_clusters(&self, upstream: &Upstream) -> Vec<Value> {
        self.all_clusters_to(upstream.address())
    }

    /// The same, with the upstream at this address.
    pub fn all_clusters_to(&self, upstream: std::net::SocketAddr) -> Vec<Value> {
        let mut clusters = self.clusters.clone();
        clusters.push(cluster("upstream", upstream, false));
        clusters
    }

    /// Starts it and waits until it serves.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn start(&self, upstream: &Upstream) -> Envoy {
        self.try_start(upstream).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts it and waits until it serves, or says why it does not.
    ///
    /// # Errors
    /// As Envoy's builder has them.
    pub fn try_start(&self, upstream: &Upstream) -> Result<Envoy, Error> {
        let builder = Envoy::builder(&self.configuration(upstream).to_string()).concurrency(self.workers);
        let set =
            |builder: envoy::Builder, (name, value): &(String, String)| builder.environment(name, value);
        self.environment.iter().fold(builder, set).start()
    }

    fn connection_manager(&self) -> Value {
        let header = |(name, value): &(String, String)| json!({"header": {"key": name, "value": value}});
        let added: Vec<Value> = self.request_headers.iter().map(header).collect();
        let mut filters = self.filters.clone();
        filters.push(json!({
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
        }));
        json!({
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "main",
                "codec_type": "AUTO",
                "use_remote_address": true,
                "xff_num_trusted_hops": self.trusted_hops,
                "max_request_headers_kb": 256,
                "common_http_protocol_options": {"max_headers_count": 2000},
                "http_protocol_options": {"enable_trailers": true},
                "http_filters": filters,
                "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                    {
                        "match": {"prefix": "/", "headers": [{"name": "x-cluster", "present_match": true}]},
                        "route": {"cluster_header": "x-cluster"},
                        "metadata": {"filter_metadata": self.route_metadata},
                        "request_headers_to_add": added,
                    },
                    {
                        "match": {"prefix": "/"},
                        "route": {"cluster": "upstream"},
                        "metadata": {"filter_metadata": self.route_metadata},
                        "request_headers_to_add": added,
                    },
                ]}]},
            },
        })
    }
}

/// A bootstrap configuration of these listeners and clusters.
pub fn bootstrap(listeners: Vec<Value>, clusters: Vec<Value>) -> Value {
    json!({"static_resources": {"listeners": listeners, "clusters": clusters}})
}

/// A Wasm filter of Envoy's, its configuration as a `Struct`, in a VM of its own.
pub fn wasm_filter(name: &str, module: &Path, configuration: &Value, plugin: Value) -> Value {
    let mut config = json!({
        "name": name,
        "root_id": name,
        "vm_config": {
            "vm_id": name,
            "runtime": "envoy.wasm.runtime.v8",
            "code": {"local": {"filename": module}},
        },
    });
    if !configuration.is_null() {
        config["configuration"] =
            json!({"@type": "type.googleapis.com/google.protobuf.Struct", "value": configuration});
    }
    config
        .as_object_mut()
        .unwrap()
        .extend(plugin.as_object().cloned().unwrap_or_default());
    json!({
        "name": format!("edge.{name}"),
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm", "config": config},
    })
}

/// A filter of a dynamic module, its configuration as a `Struct`.
pub fn native_filter(name: &str, module: &Path, configuration: &Value) -> Value {
    let mut config = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter",
        "dynamic_module_config": {"module": {"local": {"filename": module}}, "do_not_close": true},
        "filter_name": name,
    });
    if !configuration.is_null() {
        config["filter_config"] =
            json!({"@type": "type.googleapis.com/google.protobuf.Struct", "value": configuration});
    }
    json!({"name": format!("edge.{name}"), "typed_config": config})
}

fn cluster(name: &str, address: std::net::SocketAddr, http2: bool) -> Value {
    let protocol = if http2 {
        json!({"http2_protocol_options": {}})
    } else {
        json!({"http_protocol_options": {"enable_trailers": true}})
    };
    json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "10s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {
            "socket_address": {"address": address.ip().to_string(), "port_value": address.port()},
        }}}]}]},
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": protocol,
        }},
    })
}
