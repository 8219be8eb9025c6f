//! The demo mesh in containers, by each Compose that is installed: v2, the client's plugin, and 1.29, `docker-compose`.
#![allow(clippy::unwrap_used, reason = "tests")]

use http_filter_test::skip;
use integration::{docker, module};
use std::process::{Command, Stdio};

/// One after the other: both build the same images.
#[test]
fn the_mesh_by_compose() {
    if !docker::available("deploy") {
        return;
    }
    for compose in [&["docker", "compose"][..], &["docker-compose"]] {
        let name = compose.join(" ");
        if !docker::succeeds(&[compose, &["version"]].concat()) {
            skip(&format!("deploy: the mesh by `{name}`: it is not installed"));
            continue;
        }
        let output = Command::new("bash")
            .arg(module::workspace().join("scripts/test-compose.sh"))
            .args(compose)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{name}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
}
