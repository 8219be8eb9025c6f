//! Whether the tests may use containers, which images, and what an earlier run has left behind.

use crate::module;
use http_filter_test::skip;
use rustix::process::{Pid, test_kill_process};
use std::{
    process::{Command, Stdio},
    sync::Once,
};

/// Whether a Docker engine answers and `EDGE_SKIP_DOCKER` isn't set; says that `tier`'s tests are skipped where not.
///
/// # Panics
/// Where not, when `EDGE_NO_SKIP` is set.
pub fn available(tier: &str) -> bool {
    let why = if std::env::var_os("EDGE_SKIP_DOCKER").is_some_and(|value| !value.is_empty()) {
        "EDGE_SKIP_DOCKER is set"
    } else if !succeeds(&["docker", "info"]) {
        "no Docker engine answers"
    } else {
        return true;
    };
    skip(&format!("{tier}: the tests in containers: {why}"));
    false
}

/// Whether a command can be run and ends well.
pub fn succeeds(command: &[&str]) -> bool {
    let status = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// The image that the variable names, else the stand-in that `docker/standins.sh` has built, else the official one.
pub fn image(variable: &str, official: &str) -> String {
    let stand_in = || {
        let lines = std::fs::read_to_string(module::workspace().join("docker/standins.env")).ok()?;
        let value = |line: &str| Some(line.strip_prefix(variable)?.strip_prefix('=')?.to_owned());
        lines.lines().find_map(value)
    };
    std::env::var(variable)
        .ok()
        .filter(|image| !image.is_empty())
        .or_else(stand_in)
        .unwrap_or_else(|| official.to_owned())
}

/// The label of every container that a test starts; its value is the number of the test's process.
pub const LABEL: &str = "edge-filters.test-process";

/// Removes the containers of test processes that were killed before they could do so themselves. Once per process.
pub fn sweep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (container, process) in labelled() {
            if !is_alive(&process) {
                succeeds(&["docker", "rm", "--force", "--volumes", &container]);
            }
        }
    });
}

/// The containers with the [`LABEL`], and its values.
pub fn labelled() -> Vec<(String, String)> {
    let output = Command::new("docker")
        .args(["ps", "--all", "--filter", &format!("label={LABEL}")])
        .args(["--format", &format!("{{{{.ID}}}} {{{{.Label \"{LABEL}\"}}}}")])
        .output()
        .unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(container, process)| (container.to_owned(), process.to_owned()))
        .collect()
}

fn is_alive(process: &str) -> bool {
    let id = process.parse().ok().and_then(Pid::from_raw);
    // Not permitted means that there is one.
    id.is_some_and(|id| test_kill_process(id) != Err(rustix::io::Errno::SRCH))
}
