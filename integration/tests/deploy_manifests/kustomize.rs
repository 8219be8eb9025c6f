//! What kustomize makes of every kustomization.

use super::manifest::{self, Manifest};
use super::schema;
use edge_demo::tool;
use http_filter_test::skip;
use integration::{
    module::{FILTERS, workspace},
    succeed,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What kustomize makes of a folder under `deploy/`; `None`, said loudly, where there is no kustomize.
pub(crate) fn build(folder: &str) -> Option<Vec<Value>> {
    build_in(&manifest::root().join(folder))
}

fn build_in(folder: &Path) -> Option<Vec<Value>> {
    let Some((program, arguments)) = kustomize() else {
        skip(
            "deploy: what kustomize makes of the manifests: neither kustomize nor kubectl (1.27 or newer) is installed",
        );
        return None;
    };
    let output = Command::new(program)
        .args(arguments)
        .arg(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // Warnings too: they announce what the next version refuses.
    assert!(
        output.status.success() && said.is_empty(),
        "{}: {said}",
        folder.display()
    );
    Some(manifest::documents(&String::from_utf8(output.stdout).unwrap()))
}

fn kustomize() -> Option<(&'static str, &'static [&'static str])> {
    if tool::in_path("kustomize").is_some() {
        return Some(("kustomize", &["build"]));
    }
    tool::in_path("kubectl")?;
    let version = Command::new("kubectl")
        .args(["version", "--client", "--output=json"])
        .output()
        .ok()?;
    let version: Value = serde_json::from_slice(&version.stdout).ok()?;
    let recent = version["kustomizeVersion"].as_str()?.starts_with("v5.");
    recent.then_some(("kubectl", &["kustomize"]))
}

#[test]
fn every_kustomization_builds_and_loads_each_filter_once() {
    for folder in manifest::kustomizations() {
        let Some(built) = build(&folder) else { return };
        let name = |document: &Value| {
            let metadata = &document["metadata"];
            format!(
                "{} {} {}",
                document["kind"], metadata["namespace"], metadata["name"]
            )
        };
        let names: BTreeSet<String> = built.iter().map(name).collect();
        assert_eq!(names.len(), built.len(), "{folder}: one name twice: {names:?}");
        let mut loaded = Vec::new();
        for document in built {
            let mistakes = schema::mistakes(&document).unwrap_or_default();
            assert_eq!(mistakes, Vec::<String>::new(), "{folder}: {}", name(&document));
            let manifest = Manifest {
                file: folder.clone(),
                document,
            };
            loaded.extend(
                manifest::plugins_of(&manifest)
                    .into_iter()
                    .map(|plugin| plugin.filter),
            );
        }
        loaded.sort();
        let mut five = FILTERS.map(str::to_owned).to_vec();
        five.sort();
        let around = folder.ends_with("/base") || folder.starts_with("kubernetes");
        match loaded.as_slice() {
            [] => assert!(around, "{folder}: no filter"),
            [one] if folder.ends_with("/first") => assert_eq!(one, "rate-limit", "{folder}"),
            [suite] => assert_eq!(suite, "edge-suite", "{folder}"),
            all => assert_eq!(all, five, "{folder}: each of the five once, or the suite alone"),
        }
    }
}

/// Also where there is no kustomize.
#[test]
fn every_file_is_in_its_kustomization() {
    for folder in manifest::kustomizations() {
        let kustomization = manifest::kustomization(&folder);
        let resources = kustomization["resources"].as_array().into_iter().flatten();
        let resources = resources.map(|resource| resource.as_str().unwrap());
        let mut listed: Vec<_> = resources.filter(|resource| resource.ends_with(".yaml")).collect();
        listed.extend(manifest::patches(&kustomization));
        listed.push("kustomization.yaml");
        listed.sort_unstable();
        let mut files: Vec<String> = fs::read_dir(manifest::root().join(&folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".yaml"))
            .collect();
        files.sort_unstable();
        assert_eq!(listed, files, "{folder}");
    }
}

/// The configuration is `envoy/chain.yaml` itself, and a change of it starts new pods: its name ends in a hash of it.
#[test]
fn the_chain_is_the_one_of_envoy() {
    let Some(built) = build("kubernetes") else { return };
    let of_kind = |kind: &str, name: &str| {
        let named = |document: &&Value| {
            document["kind"] == kind && document["metadata"]["name"].as_str().unwrap().starts_with(name)
        };
        built
            .iter()
            .find(named)
            .unwrap_or_else(|| panic!("no {kind} {name}"))
    };
    let map = of_kind("ConfigMap", "edge-chain-");
    let chain = fs::read_to_string(workspace().join("envoy/chain.yaml")).unwrap();
    assert_eq!(map["data"]["chain.yaml"], chain.as_str());
    let volumes = &of_kind("Deployment", "edge")["spec"]["template"]["spec"]["volumes"];
    let volume = volumes
        .as_array()
        .unwrap()
        .iter()
        .find(|volume| volume["name"] == "chain")
        .unwrap();
    assert_eq!(volume["configMap"]["name"], map["metadata"]["name"]);
}

/// `deploy/pin.sh` writes a copy that builds as well, in which every image is one of the registry, by its digest.
#[test]
fn the_pinned_copy_builds() {
    let dist = tempfile::tempdir().unwrap();
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let mut digests =
        json!({"edge-suite": digest, "envoy": digest, "functions": digest, "functions-wasmedge": digest});
    for filter in FILTERS {
        digests[filter] = digest.clone().into();
    }
    fs::write(dist.path().join("images.json"), digests.to_string()).unwrap();
    let mut pin = Command::new(manifest::root().join("pin.sh"));
    succeed(pin.arg("ghcr.io/somebody/edge").env("DIST", dist.path()));
    for folder in manifest::kustomizations() {
        let Some(built) = build_in(&dist.path().join("deploy").join(&folder)) else {
            return;
        };
        for document in built {
            let mistakes = schema::mistakes(&document).unwrap_or_default();
            assert_eq!(mistakes, Vec::<String>::new(), "{folder}");
            pinned(&document, &folder, &digest);
        }
    }
}

/// The images in a document: a `url` with its digest beside it, others with it behind.
fn pinned(value: &Value, folder: &str, digest: &str) {
    let ours = |text: &Value| {
        text.as_str()
            .is_some_and(|text| text.contains("ghcr.io/somebody/edge/"))
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "url" if ours(member) => {
                        assert_eq!(
                            members["sha256"].as_str(),
                            digest.strip_prefix("sha256:"),
                            "{folder}"
                        )
                    }
                    // What no engine built here has no digest.
                    "image" | "reference"
                        if ours(member)
                            && !["runtime-class", "spin-operator"]
                                .iter()
                                .any(|other| folder.contains(other)) =>
                    {
                        assert!(member.as_str().unwrap().ends_with(digest), "{folder}: {member}");
                    }
                    _ => {}
                }
                pinned(member, folder, digest);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| pinned(item, folder, digest)),
        Value::String(text) => assert!(!text.contains("registry.example.com"), "{folder}: {text}"),
        _ => {}
    }
}
