//! Behaviour as data, in a real Envoy that has the native module: each filter alone, and the suite.

use integration::{Build, replay_build_in_envoy};

#[test]
fn jwt_auth() {
    replay_build_in_envoy(&Build::only("jwt-auth").native());
}

#[test]
fn rate_limit() {
    replay_build_in_envoy(&Build::only("rate-limit").native());
}

#[test]
fn geo_routing() {
    replay_build_in_envoy(&Build::only("geo-routing").native());
}

#[test]
fn cache_headers() {
    replay_build_in_envoy(&Build::only("cache-headers").native());
}

#[test]
fn compression_negotiation() {
    replay_build_in_envoy(&Build::only("compression-negotiation").native());
}

#[test]
fn the_suite_as_jwt_auth() {
    replay_build_in_envoy(&Build::in_suite("jwt-auth", "jwt_auth").native());
}

#[test]
fn the_suite_as_rate_limit() {
    replay_build_in_envoy(&Build::in_suite("rate-limit", "rate_limit").native());
}

#[test]
fn the_suite_as_geo_routing() {
    replay_build_in_envoy(&Build::in_suite("geo-routing", "geo_routing").native());
}

#[test]
fn the_suite_as_cache_headers() {
    replay_build_in_envoy(&Build::in_suite("cache-headers", "cache_headers").native());
}

#[test]
fn the_suite_as_compression_negotiation() {
    replay_build_in_envoy(&Build::in_suite("compression-negotiation", "compression_negotiation").native());
}
