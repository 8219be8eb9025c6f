//! The Proxy-Wasm module of [`rate_limit`].
http_filter_proxy_wasm::export!(rate_limit::RateLimit);
