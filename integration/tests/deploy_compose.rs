//! The demo mesh in containers, by each Compose that is installed: v2, the client's plugin, and 1.29, `docker-compose`; and by
//! the first of them, what becomes of it when its parts are stopped in turn.
#![allow(clippy::unwrap_used, reason = "tests")]

use http_filter_test::skip;
use integration::{docker, module, succeed};
use std::process::{Command, Stdio};

/// One after the other: both build the same images.
#[test]
fn the_mesh_by_compose() {
    if !docker::available("deploy") {
        return;
    }
    let mut outages_seen = false;
    for compose in [&["docker", "compose"][..], &["docker-compose"]] {
        let name = compose.join(" ");
        if !docker::succeeds(&[compose, &["version"]].concat()) {
            skip(&format!("deploy: the mesh by `{name}`: it is not installed"));
            continue;
        }
        succeeds("scripts/test-compose.sh", compose);
        if !outages_seen {
            succeeds("scripts/test-outages.sh", compose);
            outages_seen = true;
        }
    }
}

/// What runs somebody's function is held: memory, tasks, and started again when it has ended.
#[test]
fn functions_have_limits() {
    let text = std::fs::read_to_string(module::workspace().join("docker-compose.yml")).unwrap();
    let mut document: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
    document.apply_merge().unwrap();
    let services = document["services"].as_mapping().unwrap();
    let scraped = std::fs::read_to_string(module::workspace().join("mesh/observe/prometheus.yml")).unwrap();
    let mut seen = Vec::new();
    for (name, service) in services {
        let name = name.as_str().unwrap();
        if !name.starts_with("functions") && !name.starts_with("run-") {
            continue;
        }
        for limit in ["mem_limit", "pids_limit"] {
            assert!(!service[limit].is_null(), "{name}: no {limit}");
        }
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert_eq!(service["read_only"], true, "{name}");
        let entry: Vec<_> = service["entrypoint"].as_sequence().unwrap().iter().collect();
        let watched = ["--metrics", "0.0.0.0:9102", "--name", name];
        assert!(
            entry.windows(4).any(|words| words == watched),
            "{name}: {entry:?}"
        );
        let mut named = scraped.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        assert!(
            named.any(|word| word == name),
            "{name}: Prometheus doesn't ask it"
        );
        seen.push(name);
    }
    assert_eq!(
        seen,
        [
            "functions",
            "functions-wasmedge",
            "run-wasmtime-ahead",
            "run-javascript",
            "run-python",
            "run-composed",
            "run-native",
            "run-workers"
        ]
    );
}

fn succeeds(script: &str, compose: &[&str]) {
    let mut bash = Command::new("bash");
    bash.arg(module::workspace().join(script)).args(compose);
    succeed(bash.stdin(Stdio::null()));
}
