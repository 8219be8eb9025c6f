//! The Proxy-Wasm module of [`compression_negotiation`].
http_filter_proxy_wasm::export!(compression_negotiation::CompressionNegotiation);
