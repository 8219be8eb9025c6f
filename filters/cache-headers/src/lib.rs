//! The Proxy-Wasm module of [`cache_headers`].
http_filter_proxy_wasm::export!(cache_headers::CacheHeaders);
