//! The function backend as a `wasi:http` component: carries requests to [`functions_handler::handle`] and its answers back.
//!
//! ```sh
//! cargo build --release --target wasm32-wasip2 -p functions-wasi-http
//! wasmtime serve -S cli --env REGION=eu --env RUNTIME=wasmtime --addr 127.0.0.1:8080 \
//!     target/wasm32-wasip2/release/functions-wasi-http.wasm
//! ```

use wasip2::exports::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};

struct Function;

impl Guest for Function {
    fn handle(incoming: IncomingRequest, outparam: ResponseOutparam) {
        functions_component::answer_by(incoming, outparam, functions_handler::handle);
    }
}

wasip2::http::proxy::export!(Function);

/// Components of this world have no main function; programs in Rust do.
fn main() {}
