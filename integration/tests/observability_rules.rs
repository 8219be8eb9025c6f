//! The dashboard and the alerts under `mesh/observe/`, without an Envoy: consistent, of counters that exist, firing when they should.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use edge_demo::tool;
use http_filter_test::skip;
use integration::{dashboard, module::workspace, succeed};
use serde_json::Value;
use std::{collections::BTreeSet, fs, process::Command};

#[test]
fn the_dashboard_is_consistent() {
    let dashboard = dashboard::document();
    assert_eq!(dashboard["uid"], "edge-filters");
    let all = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = all.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "each panel has an id of its own");
    let mut cells = BTreeSet::new();
    for panel in all {
        let title = panel["title"].as_str().unwrap();
        let at = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(at("x") + at("w") <= 24, "{title} is on the grid");
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                assert!(cells.insert((x, y)), "{title} covers another panel");
            }
        }
    }
    for panel in dashboard::panels(&dashboard) {
        let title = panel["title"].as_str().unwrap();
        let unit = panel["fieldConfig"]["defaults"]["unit"]
            .as_str()
            .unwrap_or_default();
        assert!(UNITS.contains(&unit), "{title}: the unit {unit:?}");
        let targets = panel["targets"].as_array().unwrap();
        for part in targets.iter().chain([panel]) {
            assert_eq!(part["datasource"]["uid"], "${datasource}", "{title}");
        }
        let mut letters: Vec<_> = targets
            .iter()
            .map(|target| target["refId"].as_str().unwrap())
            .collect();
        letters.dedup();
        assert_eq!(letters.len(), targets.len(), "{title}: two targets of one name");
    }
    let titles: Vec<_> = all.iter().map(|panel| panel["title"].as_str().unwrap()).collect();
    for filter in integration::module::FILTERS {
        assert!(titles.contains(&filter), "{filter} has no row");
    }
}

/// Grafana's names for units.
const UNITS: [&str; 8] = ["reqps", "percentunit", "s", "ms", "none", "short", "Bps", "bytes"];

/// What a query or an alert selects by name is a counter that the filter's README knows.
#[test]
fn every_event_that_is_asked_for_exists() {
    let alerts = fs::read_to_string(workspace().join("mesh/observe/alerts.yml")).unwrap();
    let queries = dashboard::queries(&dashboard::document(), "1m");
    let texts = queries
        .iter()
        .map(|query| query.expression.clone())
        .chain([alerts]);
    let mut seen = 0;
    for text in texts {
        for filter in integration::module::FILTERS {
            let readme =
                fs::read_to_string(workspace().join("crates").join(filter).join("README.md")).unwrap();
            let selector = format!("{}{{", filter.replace('-', "_"));
            for part in text.split(&selector).skip(1) {
                let Some((_, events)) = part.split('}').next().unwrap().split_once("event=") else {
                    continue;
                };
                let events = events.trim_start_matches('~').split('"').nth(1).unwrap();
                for event in events.split('|') {
                    // A literal beginning is enough of a pattern.
                    let literal: String = event
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                        .collect();
                    seen += 1;
                    let spellings = [
                        format!("`{literal}"),
                        format!("`.{literal}"),
                        format!("<name>.{literal}"),
                    ];
                    assert!(
                        spellings.iter().any(|spelling| readme.contains(spelling)),
                        "{filter}: {event}"
                    );
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} events");
}

#[test]
fn alerts_fire_when_they_should() {
    let Some(promtool) = tool::in_path("promtool") else {
        return skip("envoy: the alerts: promtool is not installed");
    };
    for arguments in [
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        let mut promtool = Command::new(&promtool);
        succeed(
            promtool
                .args(arguments)
                .current_dir(workspace().join("mesh/observe")),
        );
    }
    // Each alert is among those that the tests let fire.
    let read = |file: &str| fs::read_to_string(workspace().join("mesh/observe").join(file)).unwrap();
    let tests: Value = serde_yaml_ng::from_str(&read("alerts.test.yml")).unwrap();
    let fired: BTreeSet<&str> = tests["tests"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|test| test["alert_rule_test"].as_array().unwrap())
        .filter(|case| case["exp_alerts"].is_array())
        .map(|case| case["alertname"].as_str().unwrap())
        .collect();
    // And each says what it means, and leads to a section of its own.
    let page = fs::read_to_string(workspace().join("docs/troubleshooting.md")).unwrap();
    let alerts: Value = serde_yaml_ng::from_str(&read("alerts.yml")).unwrap();
    let groups = alerts["groups"].as_array().unwrap().iter();
    for rule in groups.flat_map(|group| group["rules"].as_array().unwrap()) {
        let alert = rule["alert"].as_str().unwrap();
        assert!(fired.contains(alert), "no test lets {alert} fire");
        let annotations = &rule["annotations"];
        assert!(annotations["description"].is_string(), "{alert} isn't described");
        let runbook = annotations["runbook_url"].as_str().unwrap_or_default();
        let anchor = format!("/troubleshooting.html#{}", alert.to_lowercase());
        assert!(runbook.ends_with(&anchor), "{alert} leads to {runbook:?}");
        assert!(
            page.contains(&format!("\n## {alert}\n")),
            "docs/troubleshooting.md has no {alert}"
        );
    }
}
