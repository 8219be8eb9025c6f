//! The demo mesh as plain processes: Envoy, a Wasm function, a static "legacy" backend and an identity provider.
//!
//! The binary `edge-demo` runs the mesh and a tour through it; the end-to-end tests reuse the same parts. Every part is a
//! guard: it is up when its `start` returns, listens on a port the operating system chose, and is stopped when dropped.
//!
//! ```no_run
//! use edge_demo::envoy::Envoy;
//! use edge_demo::http::Request;
//!
//! let yaml = std::fs::read_to_string("envoy/chain.yaml")?;
//! let envoy = Envoy::builder(&yaml).start()?;
//! let response = Request::get("/health").send(envoy.address())?;
//! assert_eq!(response.status, 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program on a terminal: it measures real time and talks to a person; no module is built from it"
)]

pub mod envoy;
pub mod error;
pub mod function;
pub mod http;
pub mod idp;
pub mod legacy;
pub mod limitador;
pub mod mesh;
pub mod process;
pub mod progress;
pub mod redis;
pub mod static_site;
pub mod tool;
pub mod tour;

pub use error::Error;
