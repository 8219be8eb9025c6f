//! Serves the function backend on WasmEdge's sockets.
//!
//! ```sh
//! cargo build --release --target wasm32-wasip1 -p functions-wasmedge
//! wasmedge --env ADDRESS=0.0.0.0:8080 target/wasm32-wasip1/release/functions-wasmedge.wasm
//! ```

#[cfg(target_os = "wasi")]
mod server;

#[cfg(target_os = "wasi")]
fn main() -> std::io::Result<()> {
    server::serve(&std::env::var("ADDRESS").unwrap_or_else(|_| "0.0.0.0:8080".to_owned()))
}

#[cfg(not(target_os = "wasi"))]
fn main() -> std::process::ExitCode {
    // There are no WasmEdge sockets here; the workspace is built natively all the same, for its tests.
    std::process::ExitCode::FAILURE
}
