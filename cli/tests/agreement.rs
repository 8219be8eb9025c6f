//! The command comes to what `cases/*.yaml` says, as the modules and real Envoy do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_filters::{
    FilterKind,
    cases::{read_file, run},
    explain::{Policy, Session, Surroundings},
};
use http_filter_replay::{Case, Tier, differences};
use serde_json::json;
use std::{fs, path::PathBuf, time::Duration};

fn folder(kind: FilterKind) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../crates")
        .join(kind.name())
        .join("cases")
}

#[test]
fn test_agrees_with_every_case() {
    let mut ran = 0;
    for kind in FilterKind::SINGLE {
        for entry in fs::read_dir(folder(kind)).unwrap() {
            let path = entry.unwrap().path();
            // Cases of another build of the module lie in a folder of their own.
            if path.is_dir() {
                continue;
            }
            let file =
                read_file(&path.to_string_lossy(), Some(kind)).unwrap_or_else(|error| panic!("{error}"));
            for outcome in run(&file, "") {
                ran += 1;
                assert!(outcome.is_good(), "{}: {:?}", outcome.name, outcome.differences);
            }
        }
    }
    assert!(ran > 600, "{ran} cases");
}

/// What real Envoy is shown to do with the module (`integration/tests/cases.rs`), `explain` says.
#[test]
fn explain_agrees_with_every_case_that_runs_in_envoy() {
    let mut all = 0;
    for kind in FilterKind::SINGLE {
        let mut played = 0;
        for case in http_filter_test::load(&folder(kind)) {
            if case.runs_in(Tier::Envoy) && case.runs_in(Tier::Native) && is_one_request(&case) {
                played += 1;
                let configuration = case.config.clone().unwrap_or_default();
                let section = json!({kind.section(): configuration});
                for (of, configuration) in [(kind, configuration), (FilterKind::EdgeSuite, section)] {
                    let found = explained(kind, &Policy::of(of, &configuration), &case);
                    assert_eq!(
                        found,
                        Vec::<String>::new(),
                        "{} in {}: {}",
                        kind.name(),
                        of.name(),
                        case.name
                    );
                }
            }
        }
        assert!(played > 0, "{}", kind.name());
        all += played;
    }
    assert!(all > 150, "{all} cases");
}

/// `explain` is about one request that begins with nothing counted.
fn is_one_request(case: &Case) -> bool {
    case.refused.is_none()
        && case.exchanges().len() == 1
        && case.exchanges().iter().all(|exchange| exchange.repeat == 1)
}

fn explained(kind: FilterKind, policy: &Policy, case: &Case) -> Vec<String> {
    let exchange = case.exchanges().remove(0);
    let mut properties: Vec<_> = case
        .properties
        .iter()
        .chain(&exchange.properties)
        .map(|(name, value)| (name.clone(), value.0.clone()))
        .collect();
    if let Some(config) = &case.route_config {
        let path = format!("xds.route_metadata.filter_metadata.{}.config", kind.name());
        properties.push((path, config.to_string().into_bytes()));
    }
    let surroundings = Surroundings {
        now: Duration::from_secs(1_800_000_000),
        peer: None,
        country: None,
        properties,
        clusters: Vec::new(),
    };
    let mut session = Session::begin(policy.clone(), &surroundings).unwrap();
    let explanation = session.explain(&surroundings, &exchange.request, &exchange.response);
    let mut observed = explanation.unwrap().journey.observed;
    let prefix = format!("{}.", kind.name());
    observed.counters = observed
        .counters
        .into_iter()
        .map(|(name, by)| (name.strip_prefix(&prefix).map(str::to_owned).unwrap_or(name), by))
        .collect();
    differences(&exchange.expect, &observed)
}
