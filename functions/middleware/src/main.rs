//! Our filters as a `wasi:http` component in front of another server: jwt-auth, cache-headers, compression-negotiation, as a
//! document of edge-suite configures them.
//!
//! ```sh
//! wasmtime serve -S cli --env UPSTREAM=http://127.0.0.1:8080 --env FILTERS='{"cache_headers": {"rules": [{"browser": {"max_age": "1m"}}]}}' \
//!     --addr 127.0.0.1:8081 dist/functions/functions-middleware.wasm
//! ```
//!
//! `CLUSTER_<NAME>` says where a filter's own calls go: `CLUSTER_IDP=http://127.0.0.1:8082` for `cluster: idp`.

#[cfg(target_os = "wasi")]
mod middleware;

/// Components of this world have no main function; programs in Rust do.
fn main() {}
