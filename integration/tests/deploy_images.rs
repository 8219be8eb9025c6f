//! The images of the modules: pushed to a real registry, pulled as proxies pull them, held against `dist/` and against the
//! digests that the manifests name.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use integration::{
    Dist, Registry,
    images::{FOLDER, IMAGES},
    module, wasm_image,
};
use serde::Deserialize as _;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn what_is_pulled_is_what_was_built() {
    let Some(registry) = Registry::start() else { return };
    let dist = Dist::of_all();
    let printed = dist.push(&registry.address().to_string(), &[]).unwrap();
    let digests = dist.digests();
    for name in IMAGES {
        let repository = format!("{FOLDER}/{name}");
        let (digest, pulled) = wasm_image::pull(&registry, &repository, env!("CARGO_PKG_VERSION")).unwrap();
        assert_eq!(digests[name], *digest, "{name}");
        assert!(
            printed.contains(&format!("{name}:{}@{digest}", env!("CARGO_PKG_VERSION"))),
            "{printed}"
        );
        assert!(
            pulled == fs::read(module::shipped(name)).unwrap(),
            "{name}: other bytes"
        );
    }

    // A second push finds everything there; nothing moves.
    assert_eq!(dist.push(&registry.address().to_string(), &[]), Ok(printed));

    let name = format!("{FOLDER}/jwt-auth");
    let pull = |reference: &str| wasm_image::pull(&registry, &name, reference).map(|(digest, _)| digest);
    assert_eq!(pull("0.0.0-missing"), Err(format!("{name}:0.0.0-missing: 404")));
    let digest = digests["jwt-auth"].as_str().unwrap();
    assert_eq!(pull(digest), Ok(digest.to_owned()));
    let manifest = registry.get(&format!("{name}/manifests/{digest}")).json();
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    let blob = registry.blob(layer);
    let mut bytes = fs::read(&blob).unwrap();
    bytes[1000] ^= 1;
    fs::write(&blob, bytes).unwrap();
    assert_eq!(pull(digest), Err(format!("the content of {layer} is another")));
    fs::remove_file(&blob).unwrap();
    assert_eq!(pull(digest), Err(format!("{layer}: 404")));
}

#[test]
fn manifests_are_pinned_to_what_was_pushed() {
    let Some(registry) = Registry::start() else { return };
    let dist = Dist::of_all();
    let address = registry.address().to_string();
    let missing = dist.run("deploy/pin.sh", &[&address], &[]).unwrap_err();
    assert!(
        missing.contains("images.json is missing: make images writes it"),
        "{missing}"
    );
    dist.push(&address, &[]).unwrap();
    dist.run("deploy/pin.sh", &[&format!("{address}/{FOLDER}")], &[])
        .unwrap();
    let mut pinned = Vec::new();
    let prefix = format!("{address}/{FOLDER}/");
    for file in files(&dist.path().join("deploy")) {
        let text = fs::read_to_string(&file).unwrap();
        for document in serde_yaml_ng::Deserializer::from_str(&text) {
            each_object(&Value::deserialize(document).unwrap(), &mut |object| {
                let Some(image) = object["url"].as_str() else {
                    return;
                };
                let Some((_, image)) = image.split_once(&prefix) else {
                    return;
                };
                let (name, tag) = image.split_once(':').unwrap();
                let sha256 = object["sha256"].as_str().unwrap_or_default();
                let repository = format!("{FOLDER}/{name}");
                let (digest, module) = wasm_image::pull(&registry, &repository, tag).unwrap();
                assert_eq!(format!("sha256:{sha256}"), digest, "{}", file.display());
                assert!(
                    module == fs::read(module::shipped(name)).unwrap(),
                    "{name}: other bytes"
                );
                pinned.push(name.to_owned());
            });
        }
    }
    for name in module::FILTERS {
        assert!(
            pinned.iter().any(|found| found == name),
            "no manifest of {name} is pinned"
        );
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let yaml = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "yaml"));
    yaml.chain(folders.iter().flat_map(|folder| self::files(folder)))
        .collect()
}

fn each_object(value: &Value, visit: &mut dyn FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            visit(value);
            members.values().for_each(|member| each_object(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| each_object(item, visit)),
        _ => {}
    }
}

#[test]
fn the_same_modules_give_the_same_images() {
    let build = || {
        let dist = Dist::of_all();
        dist.run("scripts/images.sh", &["--modules"], &[]).unwrap();
        (
            dist.digests(),
            fs::read(dist.path().join("oci/index.json")).unwrap(),
            dist,
        )
    };
    let (first, index, dist) = build();
    let (second, again, _dist) = build();
    assert_eq!(first, second);
    assert_eq!(index, again);
    // Another module is another image, and what the layout no longer needs is gone.
    let blobs = || {
        fs::read_dir(dist.path().join("oci/blobs/sha256"))
            .unwrap()
            .count()
    };
    let before = blobs();
    fs::write(dist.path().join("jwt-auth.wasm"), b"\0asm\x01\0\0\0").unwrap();
    dist.run("scripts/images.sh", &["--modules"], &[]).unwrap();
    assert_ne!(dist.digests()["jwt-auth"], first["jwt-auth"]);
    assert_eq!(dist.digests()["edge-suite"], first["edge-suite"]);
    assert_eq!(blobs(), before);
}

#[test]
fn a_damaged_layout_is_not_pushed() {
    let Some(registry) = Registry::start() else { return };
    let dist = Dist::of_all();
    dist.run("scripts/images.sh", &["--modules"], &[]).unwrap();
    let digest = dist.digests()["jwt-auth"].as_str().unwrap().to_owned();
    let blob = dist.path().join("oci/blobs").join(digest.replace(':', "/"));
    let mut bytes = fs::read(&blob).unwrap();
    bytes[10] ^= 1;
    fs::write(&blob, bytes).unwrap();
    let arguments = [
        "push",
        dist.path().to_str().unwrap(),
        "1",
        &format!("http://{}", registry.address()),
    ];
    let error = dist.run("scripts/images.py", &arguments, &[]).unwrap_err();
    assert!(
        error.contains(&format!("the blob {digest} is damaged")),
        "{error}"
    );
}
