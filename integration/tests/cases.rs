//! Behaviour as data, in a real Envoy: each filter's by its own module, and by the suite's.

#[test]
fn jwt_auth() {
    integration::replay_in_envoy("jwt-auth");
}

#[test]
fn rate_limit() {
    integration::replay_in_envoy("rate-limit");
}

#[test]
fn geo_routing() {
    integration::replay_in_envoy("geo-routing");
}

#[test]
fn cache_headers() {
    integration::replay_in_envoy("cache-headers");
}

#[test]
fn compression_negotiation() {
    integration::replay_in_envoy("compression-negotiation");
}

#[test]
fn compression_negotiation_with_all_codings() {
    // The native module has the first builds.
    if integration::FilterHost::chosen() == integration::FilterHost::Native {
        return;
    }
    integration::replay_build_in_envoy(&integration::Build {
        module: "compression-negotiation-all-codings",
        cases: "cases/all-codings",
        ..integration::Build::only("compression-negotiation")
    });
}

#[test]
fn the_suite_as_jwt_auth() {
    replay_suite("jwt-auth", "jwt_auth");
}

#[test]
fn the_suite_as_rate_limit() {
    replay_suite("rate-limit", "rate_limit");
}

#[test]
fn the_suite_as_geo_routing() {
    replay_suite("geo-routing", "geo_routing");
}

#[test]
fn the_suite_as_cache_headers() {
    replay_suite("cache-headers", "cache_headers");
}

#[test]
fn the_suite_as_compression_negotiation() {
    replay_suite("compression-negotiation", "compression_negotiation");
}

fn replay_suite(filter: &str, section: &str) {
    integration::replay_build_in_envoy(&integration::Build::in_suite(filter, section));
}
