//! The units of `deploy/systemd`, by systemd's own reading of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::tool;
use http_filter_test::skip;
use integration::module::workspace;
use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

/// What a unit must say, whatever it starts.
const LIMITS: [&str; 8] = [
    "MemoryMax=",
    "TasksMax=",
    "CPUQuota=",
    "Restart=always",
    "DynamicUser=yes",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "CapabilityBoundingSet=\n",
];

#[test]
fn systemd_understands_every_unit() {
    if tool::in_path("systemd-analyze").is_none() {
        return skip("deploy: units of systemd: systemd-analyze is not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    // The programs that units start may not be installed here: others of these names stand for them.
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    for name in ["wasmtime", "functions-watch", "wasmedge"] {
        let program = programs.join(name);
        fs::write(&program, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let units = fs::read_dir(workspace().join("deploy/systemd")).unwrap();
    let units: Vec<_> = units
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "service"))
        .collect();
    assert_eq!(units.len(), 2, "{units:?}");
    for unit in units {
        let name = unit.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&unit).unwrap();
        for limit in LIMITS {
            assert!(text.contains(limit), "{name}: no {limit}");
        }
        let bin = format!("{}/", programs.display());
        let here = folder.path().join(name);
        fs::write(
            &here,
            text.replace("/usr/local/bin/", &bin).replace("/usr/bin/", &bin),
        )
        .unwrap();
        let verified = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&here)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&verified.stderr);
        let of_ours: Vec<_> = said.lines().filter(|line| line.contains(name)).collect();
        assert!(verified.status.success() && of_ours.is_empty(), "{name}: {said}");
    }
}
