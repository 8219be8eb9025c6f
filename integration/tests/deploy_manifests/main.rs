//! Every manifest under `deploy/`: against its published schema and the rules in it, in the chain's order, with the filter that
//! gets its configuration, as kustomize builds it, and the Envoy of the plain Deployment with a real Envoy. No cluster is needed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod configuration;
mod envoy;
mod helm;
mod images;
mod kustomize;
mod manifest;
mod messages;
mod order;
mod pods;
mod rules;
mod schema;
mod spin_app;
