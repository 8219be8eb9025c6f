//! The adapter in a real Envoy, shown by the probe (`integration/probe`): every seam, and every trap of the host.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bodies;
mod requests;
mod robustness;
mod world;
