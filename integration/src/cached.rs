//! cache-headers behind every cache there is: caching proxies, and Envoy's own.

use crate::{CachingProxy, Proxy, Upstream, bootstrap, module, wasm_filter};
use edge_demo::envoy::Envoy;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// One Envoy for all caches: hosts and listeners `with` the filter, and `without` it.
pub struct Cached {
    /// The origin.
    pub upstream: Upstream,
    envoy: Envoy,
}

impl Cached {
    /// Envoy's own caches.
    pub const ENVOYS: [&'static str; 2] = ["cache", "cache_v2"];

    /// Starts it, with this configuration of cache-headers, and `before` it and Envoy's caches what that adds to a listener.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn start(configuration: &Value, before: fn(Proxy) -> Proxy) -> Self {
        let upstream = Upstream::start();
        let plugin = json!({"allow_on_headers_stop_iteration": true});
        let filter = wasm_filter(
            "cache-headers",
            &module::shipped("cache-headers"),
            configuration,
            plugin,
        );
        let mut clusters = Proxy::default().all_clusters(&upstream);
        clusters.push(filtered(clusters[0].clone(), &filter));
        let mut listeners = vec![
            before(Proxy::default()).http_filter(filter).listener("with"),
            before(Proxy::default()).listener("without"),
        ];
        for cache in Self::ENVOYS {
            for (host, cluster) in [("with", "filtered"), ("without", "upstream")] {
                let proxy = before(Proxy::default()).http_filter(envoys(cache));
                let listener = proxy.listener(&format!("{cache}_{host}")).to_string();
                let routed =
                    listener.replace("\"cluster\":\"upstream\"", &format!("\"cluster\":\"{cluster}\""));
                listeners.push(serde_json::from_str(&routed).unwrap());
            }
        }
        let envoy = Envoy::start(&bootstrap(listeners, clusters).to_string());
        Self {
            upstream,
            envoy: envoy.unwrap_or_else(|error| panic!("{error}")),
        }
    }

    /// Plays before each of these caching proxies that is installed, and before Envoy's own: `play` is given the cache's name, and
    /// where to ask it for a host.
    ///
    /// # Panics
    /// When a proxy does not start.
    pub fn before_each(
        &self,
        proxies: &[&'static str],
        mut play: impl FnMut(&'static str, &dyn Fn(&str) -> SocketAddr),
    ) {
        let backends = ["with", "without"].map(|name| (name, self.envoy.listener(name).unwrap()));
        for name in proxies {
            if let Some(proxy) = CachingProxy::named(name, &backends) {
                play(name, &|_| proxy.address());
            }
        }
        for name in Self::ENVOYS {
            play(name, &|host| {
                self.envoy.listener(&format!("{name}_{host}")).unwrap()
            });
        }
    }
}

/// Envoy's own caches pass over the filters behind them in the listener, so the filter is one of the cluster's.
fn filtered(mut cluster: Value, filter: &Value) -> Value {
    let codec = "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";
    let options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    cluster["name"] = json!("filtered");
    cluster["load_assignment"]["cluster_name"] = json!("filtered");
    cluster["typed_extension_protocol_options"][options]["http_filters"] = json!([
        filter,
        {"name": "envoy.filters.http.upstream_codec", "typed_config": {"@type": codec}},
    ]);
    cluster
}

/// The filter that is one of Envoy's own caches. It keeps nothing that varies: 1.40's `cache` ends with a segmentation fault when
/// a Vary that it's told to allow comes.
pub fn envoys(cache: &str) -> Value {
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
    json!({
        "name": cache,
        "typed_config": {
            "@type": format!("type.googleapis.com/envoy.extensions.filters.http.{config}"),
            "typed_config": {"@type": format!("type.googleapis.com/envoy.extensions.http.{storage}")},
        },
    })
}
