//! Serves the function backend on WasmEdge's sockets.
//!
//! ```sh
//! cargo build --release --target wasm32-wasip1 -p functions-wasmedge
//! wasmedge --env ADDRESS=0.0.0.0:8080 --env REGION=us target/wasm32-wasip1/release/functions-wasmedge.wasm
//! ```

#[cfg(target_os = "wasi")]
mod server;

#[cfg(target_os = "wasi")]
fn main() -> std::io::Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let address = variable("ADDRESS").unwrap_or_else(|| "0.0.0.0:8080".to_owned());
    server::serve(&address, functions_handler::Place::named_by(variable, "wasmedge"))
}

#[cfg(not(target_os = "wasi"))]
fn main() -> std::process::ExitCode {
    // There are no WasmEdge sockets here; the workspace is built natively all the same, for its tests.
    std::process::ExitCode::FAILURE
}
