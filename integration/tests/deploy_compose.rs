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

fn succeeds(script: &str, compose: &[&str]) {
    let mut bash = Command::new("bash");
    bash.arg(module::workspace().join(script)).args(compose);
    succeed(bash.stdin(Stdio::null()));
}
