//! The filters' own cases, with the suite in each filter's place: the same configuration in a section of it has to come
//! to the same.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_suite::EdgeSuite;
use http_filter_replay::Text;
use http_filter_test::{Tier, load, run_case};
use std::path::Path;

#[test]
fn jwt_auth() {
    in_a_section("jwt-auth");
}

#[test]
fn rate_limit() {
    in_a_section("rate-limit");
}

#[test]
fn geo_routing() {
    in_a_section("geo-routing");
}

#[test]
fn compression_negotiation() {
    in_a_section("compression-negotiation");
}

#[test]
fn cache_headers() {
    in_a_section("cache-headers");
}

fn in_a_section(filter: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(filter)
        .join("cases");
    let section = filter.replace('-', "_");
    let mut failures = Vec::new();
    let metadata = ["xds.route_metadata.filter_metadata.", filter, ".config"].concat();
    for case in load(&folder)
        .into_iter()
        .filter(|case| case.runs_in(Tier::Native))
    {
        let mut case = case.in_section(&section);
        // The override is the filter's, not the suite's.
        if let Some(config) = case.route_config.take() {
            case.properties
                .insert(metadata.clone(), Text(config.to_string().into_bytes()));
        }
        let differences = run_case::<EdgeSuite>(&case).into_iter();
        failures.extend(differences.map(|line| format!("{}: {line}", case.name)));
    }
    assert!(
        failures.is_empty(),
        "{}\n  {}",
        failures.len(),
        failures.join("\n  ")
    );
}
