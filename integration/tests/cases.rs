//! Behaviour as data, in a real Envoy.

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
    integration::replay_build_in_envoy(&integration::Build {
        filter: "compression-negotiation",
        module: "compression-negotiation-all-codings",
        cases: "cases/all-codings",
    });
}
