//! The cases of every filter, replayed on its shipped module in the in-process VM: what held for the library holds for
//! the module, after the adapter, the SDK and the optimiser. And once more on the suite's.

use http_filter_test::{Case, load};
use integration::{
    module,
    vm::{Options, Program, replay_cases},
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
    for folder in ["cases", "cases/all-codings"] {
        replay_build(FILTER, "compression-negotiation-all-codings", folder, &[true]);
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
    let section = filter.replace('-', "_");
    let cases = cases(filter, "cases").into_iter();
    let of_suite: Vec<Case> = cases.map(|case| case.in_section(&section)).collect();
    replay_module(filter, "edge-suite", &of_suite, &[true]);
}

fn replay_build(filter: &str, build: &str, folder: &str, stop_iteration: &[bool]) {
    replay_module(filter, build, &cases(filter, folder), stop_iteration);
}

fn cases(filter: &str, folder: &str) -> Vec<Case> {
    load(&module::workspace().join("crates").join(filter).join(folder))
}

fn replay_module(filter: &str, module: &str, cases: &[Case], stop_iteration: &[bool]) {
    let program = Program::load(&module::shipped(module));
    for stop_iteration in stop_iteration {
        let options = Options {
            stop_iteration: *stop_iteration,
            ..Options::default()
        };
        replay_cases(filter, &program, cases, &options);
    }
}
