//! The Proxy-Wasm module of [`geo_routing`].
http_filter_proxy_wasm::export!(geo_routing::GeoRouting);
