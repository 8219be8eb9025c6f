//! An HTTP/1.1 server connection without a socket and without a clock: bytes and times in, bytes and deadlines out.
//!
//! WasmEdge gives a module sockets but no HTTP, so the module brings its own. Apart from the sockets it is tested natively, byte
//! by byte.

mod chunked;
mod connection;
mod message;
mod refusal;
mod wire;

pub use connection::{Connection, IDLE, REQUEST};
