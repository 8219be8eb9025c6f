//! The cases of every filter, replayed on its shipped module in the in-process VM: what held for the library holds for
//! the module, after the adapter, the SDK and the optimiser.

use integration::{
    module,
    vm::{Options, Program, replay_folder},
};

#[test]
fn jwt_auth() {
    replay("jwt-auth", &[true, false]);
}

#[test]
fn rate_limit() {
    replay("rate-limit", &[true, false]);
}

#[test]
fn geo_routing() {
    replay("geo-routing", &[true, false]);
}

#[test]
fn compression_negotiation() {
    replay("compression-negotiation", &[true, false]);
}

#[test]
fn compression_negotiation_with_all_codings() {
    const FILTER: &str = "compression-negotiation";
    for cases in ["cases", "cases/all-codings"] {
        replay_build(FILTER, "compression-negotiation-all-codings", cases, &[true]);
    }
}

#[test]
fn cache_headers() {
    // Holding a body for its hash needs the plugin's option.
    replay("cache-headers", &[true]);
}

/// Replays with `allow_on_headers_stop_iteration` and without: users have either.
fn replay(filter: &str, stop_iteration: &[bool]) {
    replay_build(filter, filter, "cases", stop_iteration);
}

fn replay_build(filter: &str, build: &str, cases: &str, stop_iteration: &[bool]) {
    let program = Program::load(&module::shipped(build));
    let cases = module::workspace().join("crates").join(filter).join(cases);
    for stop_iteration in stop_iteration {
        let options = Options {
            stop_iteration: *stop_iteration,
            ..Options::default()
        };
        replay_folder(filter, &program, &cases, &options);
    }
}
