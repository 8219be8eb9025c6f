//! The Proxy-Wasm module of [`jwt_auth`].
http_filter_proxy_wasm::export!(jwt_auth::JwtAuth);
