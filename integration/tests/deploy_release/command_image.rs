//! The image of the command edge-filters: one for both processors, pulled from a registry and run by a Docker engine.

use super::{VERSION, dist};
use flate2::{Compression, write::GzEncoder};
use integration::{Dist, Registry, docker, images::FOLDER, succeed};
use serde_json::Value;
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

const GOOD: &str = "policies: {per_client: {requests: 100, per: 1m}}\nrules:\n- {limit: per_client}\n";

/// The archive of a program for the other processor, which nothing here could run.
fn add_other_processor(dist: &Dist) {
    let name = format!("edge-filters-{VERSION}-aarch64-linux");
    let gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut archive = tar::Builder::new(gzip);
    for file in ["edge-filters", "LICENSE"] {
        let mut header = tar::Header::new_ustar();
        header.set_size(5);
        header.set_mode(0o755);
        header.set_cksum();
        let path = format!("{name}/{file}");
        archive.append_data(&mut header, path, &b"other"[..]).unwrap();
    }
    let bytes = archive.into_inner().unwrap().finish().unwrap();
    fs::write(dist.path().join(format!("{name}.tar.gz")), bytes).unwrap();
}

/// Processors that an index of images names, in its order, with the digest of each.
fn processors(index: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let manifests = index["manifests"].as_array().unwrap();
    let of = |manifest: &Value| {
        (
            text(&manifest["platform"]["architecture"]),
            text(&manifest["digest"]),
        )
    };
    manifests.iter().map(of).collect()
}

/// The exit status of the command in a container without rights or network, and what it printed, on files in a folder.
fn run(image: &str, folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new("docker")
        .args([
            "run",
            "--rm",
            "--read-only",
            "--network",
            "none",
            "--cap-drop",
            "ALL",
        ])
        .args(["--label", &format!("{}={}", docker::LABEL, std::process::id())])
        .args(["--volume", &format!("{}:/work:ro", folder.display()), image])
        .args(arguments)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.code(), printed)
}

#[test]
fn the_command_runs_in_a_container_of_its_image() {
    let Some(registry) = Registry::start() else { return };
    if !docker::available("deploy") {
        return;
    }
    docker::sweep();
    let dist = dist();
    add_other_processor(&dist);
    dist.push(&registry.address().to_string(), &[]).unwrap();
    let repository = format!("{FOLDER}/edge-filters");
    let index = registry.get(&format!("{repository}/manifests/{VERSION}")).json();
    let found = processors(&index);
    assert_eq!(
        found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["amd64", "arm64"]
    );

    let image = format!("{}/{repository}", registry.address());
    let pinned = format!("{image}@{}", dist.digests()["edge-filters"].as_str().unwrap());
    succeed(Command::new("docker").args(["pull", "--quiet", &pinned]));
    let rows = [
        ("all is well", GOOD.to_owned(), 0, "ok: 1 configuration"),
        ("a mistake", GOOD.replace("1m", "soon"), 1, "expected a duration"),
    ];
    for (name, policy, status, expected) in rows {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("rate-limit.yaml"), policy).unwrap();
        let (code, printed) = run(&pinned, folder.path(), &["check", "."]);
        assert_eq!(code, Some(status), "{name}: {printed}");
        assert!(printed.contains(expected), "{name}: {printed}");
    }

    // Images that Docker has pushed, from machines of one processor each, become one image.
    let single = format!("{image}:{VERSION}-amd64");
    succeed(Command::new("docker").args(["tag", &pinned, &single]));
    succeed(Command::new("docker").args(["push", "--quiet", &single]));
    let by_docker = format!("edge-filters:{VERSION}-amd64");
    let other = format!("edge-filters@{}", found[1].1);
    let plain = format!("http://{}/{FOLDER}", registry.address());
    let join = |arguments: &[&str]| {
        let arguments = [&["join", &plain], arguments].concat();
        dist.run("scripts/images.py", &arguments, &[])
    };
    let rows: [(&str, &[&str]); 2] = [
        ("edge-filters:docker", &[&by_docker]),
        ("edge-filters:both", &[&by_docker, &other]),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, parts) in rows {
        let digest = join(&[&[name], parts].concat()).unwrap();
        let joined = format!("{image}@{}", digest.trim());
        succeed(Command::new("docker").args(["pull", "--quiet", &joined]));
        let (code, printed) = run(&joined, folder.path(), &["--version"]);
        assert_eq!(
            (code, printed.trim()),
            (Some(0), &*format!("edge-filters {VERSION}")),
            "{name}"
        );
        succeed(Command::new("docker").args(["image", "rm", "--force", &joined]));
    }
    succeed(Command::new("docker").args(["image", "rm", "--force", &single]));
    let refused = join(&["edge-filters:again", "edge-filters:both"]);
    assert!(
        refused
            .as_ref()
            .is_err_and(|printed| printed.contains("expected the image of one processor")),
        "{refused:?}"
    );
}
