//! The Proxy-Wasm module of [`edge_suite`].
http_filter_proxy_wasm::export!(edge_suite::EdgeSuite);
