//! compression-negotiation in a real Envoy, in the ways in which it's used.

use crate::{Proxy, Upstream, bootstrap, module};
use edge_demo::envoy::Envoy;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// One Envoy with a listener for each way; requests go to an HTTP/1.1 upstream, or with `x-cluster: h2` through another
/// Envoy, which speaks HTTP/2 to this one, to the same upstream.
pub struct Compressing {
    /// The Envoy.
    pub envoy: Envoy,
    /// What speaks HTTP/2 to it.
    pub between: Envoy,
    /// What both ask, unless they were given another.
    pub upstream: Upstream,
}

/// Who encodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Envoy's own compressors, which obey the filter.
    Negotiate,
    /// The first build of the filter.
    Encode,
    /// The build with all codings.
    EncodeAll,
    /// Envoy's own compressors, without the filter.
    Native,
    /// Nobody.
    Plain,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Negotiate,
        Self::Encode,
        Self::EncodeAll,
        Self::Native,
        Self::Plain,
    ];

    fn proxy(self, encode: &Value) -> Proxy {
        let filter = |module: &str, configuration: Value| {
            // Two builds at a time: each in a name space of its own.
            let vm = json!({"vm_config": {
                "vm_id": module,
                "runtime": "envoy.wasm.runtime.v8",
                "code": {"local": {"filename": module::shipped(module)}},
            }});
            Proxy::default().wasm(FILTER, &module::shipped(module), &configuration, vm)
        };
        match self {
            Self::Negotiate => native_compressors(filter(FILTER, json!({"min_length": 256}))),
            Self::Encode => filter(FILTER, json!({"encode": encode, "min_length": 256})),
            Self::EncodeAll => filter(ALL_CODINGS, json!({"encode": encode, "min_length": 256})),
            Self::Native => native_compressors(Proxy::default()),
            Self::Plain => Proxy::default(),
        }
    }

    /// The name of its listener.
    pub fn listener(self) -> String {
        format!("{self:?}")
    }
}

impl Compressing {
    /// Starts it, with these settings where the filter encodes: `true` or more.
    ///
    /// # Panics
    /// When a part does not start.
    pub fn start(encode: &Value) -> Self {
        let upstream = Upstream::start();
        let address = upstream.address();
        Self::with(encode, upstream, address)
    }

    /// Starts it before another upstream, which speaks HTTP/1.1.
    ///
    /// # Panics
    /// When a part does not start.
    pub fn start_before(encode: &Value, address: SocketAddr) -> Self {
        Self::with(encode, Upstream::start(), address)
    }

    fn with(encode: &Value, upstream: Upstream, address: SocketAddr) -> Self {
        // It chooses by the same header.
        let between = Proxy::default().cluster("h2", address, false).start(&upstream);
        let proxies = Proxy::default().cluster("h2", between.address(), true);
        let listeners = Way::ALL.map(|way| way.proxy(encode).listener(&way.listener()));
        let clusters = proxies.all_clusters_to(address);
        let configuration = bootstrap(listeners.to_vec(), clusters);
        let envoy = Envoy::start(&configuration.to_string()).unwrap_or_else(|error| panic!("{error}"));
        Self {
            envoy,
            between,
            upstream,
        }
    }

    /// Where one of the ways begins.
    ///
    /// # Panics
    /// Never: each has a listener.
    pub fn address(&self, way: Way) -> SocketAddr {
        self.envoy.listener(&way.listener()).unwrap()
    }
}

/// Adds Envoy's own compressors, in the order of `envoy/compression-negotiation.yaml`, at the levels that the filter's
/// encoders have by default.
pub fn native_compressors(proxy: Proxy) -> Proxy {
    let library = |name: &str, kind: &str, settings: Value| {
        let mut typed = json!({
            "@type": format!("type.googleapis.com/envoy.extensions.compression.{name}.compressor.v3.{kind}"),
        });
        typed
            .as_object_mut()
            .unwrap()
            .extend(settings.as_object().cloned().unwrap_or_default());
        json!({
            "name": format!("envoy.filters.http.compressor.{name}"),
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor",
                "response_direction_config": {
                    "common_config": {"min_content_length": 256},
                    "weaken_etag_on_compress": true,
                },
                "compressor_library": {
                    "name": name,
                    "typed_config": typed,
                },
            },
        })
    };
    proxy
        .http_filter(library("zstd", "Zstd", json!({"compression_level": 3})))
        .http_filter(library("brotli", "Brotli", json!({"quality": 4})))
        .http_filter(library(
            "gzip",
            "Gzip",
            json!({
                "compression_level": "COMPRESSION_LEVEL_6",
                "memory_level": 8,
                "window_bits": 15,
            }),
        ))
}

const FILTER: &str = "compression-negotiation";
const ALL_CODINGS: &str = "compression-negotiation-all-codings";
