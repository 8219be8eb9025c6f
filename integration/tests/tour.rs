//! The tour that `make demo` shows, as a test: a Wasm function on wasmtime, a static server, an identity provider, and
//! Envoy with the whole chain.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::{mesh::Mesh, progress::Silent, tour::tour};

#[test]
fn every_request_of_the_tour_shows_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let mesh = Mesh::start(folder.path(), None, 0, &Silent).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        tour(mesh.addresses().edge, mesh.addresses().admin).unwrap_or_else(|error| panic!("{error}")),
        "see what the tour printed"
    );
}
