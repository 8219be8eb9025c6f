//! What the end-to-end tests share: the built modules, an in-process Proxy-Wasm VM, Envoy with one filter in it, and an
//! upstream that answers as it's told.
//!
//! A test program's name says what it needs (see `scripts/tests_of.py`): `vm_*` and `artifacts` the modules
//! only, `deploy_*` manifests, images or Compose, everything else a real Envoy, `container` in a container.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a library for tests: what is wrong must fail them, and real Envoys run on the real clock"
)]

mod browser;
mod cached;
mod caching_proxy;
mod caddy;
mod chain;
mod clock;
pub mod codings;
mod command;
pub mod compressing;
mod container;
pub mod crowd;
pub mod dashboard;
pub mod descriptors;
pub mod docker;
mod door;
mod envoy_cases;
mod explained;
mod files;
mod grpc;
mod guarded;
pub mod http2;
pub mod images;
pub mod load;
pub mod module;
mod nginx;
pub mod otlp;
mod patience;
mod prometheus;
mod proxy;
pub mod rate_limit_service;
mod regional;
mod registry;
pub mod signer;
pub mod storm;
pub mod tables;
mod tower_http;
mod upstream;
pub mod vm;
pub mod wasm_image;

pub use browser::Browser;
pub use cached::{Cached, envoys};
pub use caching_proxy::CachingProxy;
pub use caddy::Caddy;
pub use chain::Chain;
pub use clock::Clock;
pub use command::succeed;
pub use container::EnvoyContainer;
pub use door::Door;
pub use envoy_cases::{Build, replay_build_in_envoy, replay_in_container, replay_in_envoy};
pub use explained::Explained;
pub use files::Files;
pub use guarded::Guarded;
pub use images::Dist;
pub use nginx::Nginx;
pub use patience::eventually;
pub use prometheus::{Prometheus, Series};
pub use proxy::{FilterHost, Proxy, bootstrap, native_filter, wasm_filter};
pub use regional::Regional;
pub use registry::Registry;
pub use tower_http::TowerHttp;
pub use upstream::{Answer, Received, Upstream};
