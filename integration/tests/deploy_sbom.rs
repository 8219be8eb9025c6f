//! The software bills of materials beside the modules: valid CycloneDX, of the very modules, with what is in them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cyclonedx_bom::{models::bom::SpecVersion, prelude::*};
use integration::{module, succeed, wasm_image};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// What is in a module, and what is not.
const PARTS: [(&str, &[&str], &[&str]); 4] = [
    (
        "jwt-auth",
        &["jwt-auth", "jsonwebtoken", "proxy-wasm", "rust-std"],
        &["rate-limit", "flate2"],
    ),
    ("rate-limit", &["rate-limit", "siphasher"], &["jsonwebtoken"]),
    ("compression-negotiation", &["flate2", "zlib-rs"], &["brotli"]),
    (
        "edge-suite",
        &[
            "jsonwebtoken",
            "flate2",
            "rate-limit",
            "geo-routing",
            "cache-headers",
        ],
        &["proptest"],
    ),
];

fn write(dist: &Path) {
    succeed(Command::new(module::workspace().join("scripts/sbom.sh")).env("DIST", dist));
}

fn read(dist: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(dist.join(format!("{name}.cdx.json"))).unwrap()).unwrap()
}

fn is_valid(bom: &Value) -> Result<(), String> {
    let bom = Bom::parse_from_json_v1_5(bom.to_string().as_bytes()).map_err(|error| error.to_string())?;
    let result = bom.validate_version(SpecVersion::V1_5);
    if result.passed() {
        Ok(())
    } else {
        Err(format!("{result:?}"))
    }
}

#[test]
fn each_module_has_one() {
    let dist = tempfile::tempdir().unwrap();
    for name in module::FILTERS.into_iter().chain(["edge-suite"]) {
        fs::copy(module::shipped(name), dist.path().join(format!("{name}.wasm"))).unwrap();
    }
    write(dist.path());
    for name in module::FILTERS.into_iter().chain(["edge-suite"]) {
        let bom = read(dist.path(), name);
        is_valid(&bom).unwrap_or_else(|error| panic!("{name}: {error}"));
        let about = &bom["metadata"]["component"];
        assert_eq!(about["name"], name);
        let sum = wasm_image::digest(&fs::read(module::shipped(name)).unwrap());
        assert_eq!(
            format!("sha256:{}", about["hashes"][0]["content"].as_str().unwrap()),
            sum,
            "{name}"
        );

        let components = bom["components"].as_array().unwrap();
        let mut known: BTreeSet<&str> = components
            .iter()
            .map(|part| part["bom-ref"].as_str().unwrap())
            .collect();
        known.insert(about["bom-ref"].as_str().unwrap());
        let edges = bom["dependencies"].as_array().unwrap();
        let sources: BTreeSet<&str> = edges.iter().map(|edge| edge["ref"].as_str().unwrap()).collect();
        assert_eq!(sources, known, "{name}: each part says what it is made of");
        for target in edges
            .iter()
            .flat_map(|edge| edge["dependsOn"].as_array().unwrap())
        {
            assert!(known.contains(target.as_str().unwrap()), "{name}: {target}");
        }
        for part in components.iter().filter(|part| part["purl"].is_string()) {
            assert_eq!(
                part["hashes"][0]["content"].as_str().unwrap().len(),
                64,
                "{name}: {part}"
            );
        }
    }
    for (name, parts, others) in PARTS {
        let bom = read(dist.path(), name);
        let components = bom["components"].as_array().unwrap();
        let scope = |wanted: &str| {
            let part = components.iter().find(|part| part["name"] == wanted)?;
            part["scope"].as_str()
        };
        for part in parts {
            assert_eq!(scope(part), Some("required"), "{name}: {part}");
        }
        for other in others {
            assert_eq!(scope(other), None, "{name}: {other}");
        }
    }
    assert_eq!(
        read(dist.path(), "jwt-auth")["components"]
            .as_array()
            .unwrap()
            .iter()
            .find(|part| part["name"] == "syn")
            .unwrap()["scope"],
        "excluded",
        "what only ran while it was built"
    );

    // The second time nothing is different; for another module it is.
    let first = read(dist.path(), "jwt-auth");
    fs::write(dist.path().join("rate-limit.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let other = read(dist.path(), "rate-limit");
    write(dist.path());
    assert_eq!(read(dist.path(), "jwt-auth"), first);
    assert_ne!(
        read(dist.path(), "rate-limit")["serialNumber"],
        other["serialNumber"]
    );
}

#[test]
fn the_validator_refuses_what_is_none() {
    let good = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "components": [{
            "type": "library", "bom-ref": "a@1", "name": "a", "version": "1", "scope": "required",
            "purl": "pkg:cargo/a@1", "licenses": [{"expression": "MIT OR Apache-2.0"}],
            "hashes": [{"alg": "SHA-256", "content": "0".repeat(64)}],
        }],
        "dependencies": [{"ref": "a@1", "dependsOn": []}],
    });
    assert_eq!(is_valid(&good), Ok(()));
    let cases = [
        ("a scope", "/components/0/scope", json!("sometimes")),
        ("a type", "/components/0/type", json!("filter")),
        (
            "a license",
            "/components/0/licenses/0/expression",
            json!("MIT and whatever"),
        ),
        ("a hash", "/components/0/hashes/0/content", json!("0123")),
        ("a serial number", "/serialNumber", json!("17")),
        ("a reference", "/dependencies/0/ref", json!("b@2")),
    ];
    for (name, at, wrong) in cases {
        let mut bom = good.clone();
        *bom.pointer_mut(at).unwrap() = wrong;
        assert!(is_valid(&bom).is_err(), "{name}");
    }
}
