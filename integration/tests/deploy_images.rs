//! The images of the modules: pushed to a real registry, pulled as proxies pull them, held against `dist/` and against the
//! digests that the manifests name.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use integration::{Answer, Registry, Upstream, module, wasm_image};
use serde::Deserialize as _;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const IMAGES: [&str; 6] = [
    "jwt-auth",
    "rate-limit",
    "geo-routing",
    "compression-negotiation",
    "cache-headers",
    "edge-suite",
];
const FOLDER: &str = "tests/edge-filters";
/// What a password is in these tests, and the line for it that a registry knows.
const PASSWORD: &str = "correct horse";
const USER: &str = "ada:$2b$04$RutGFG4fMXvZNnxm8oaMauAoVtl175jPpl80DeH1JLXCIaoTC2JIS\n";

/// A folder in the place of `dist/`, with the modules that are there.
fn dist() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in IMAGES {
        let module = fs::read(module::shipped(name)).unwrap();
        fs::write(folder.path().join(format!("{name}.wasm")), module).unwrap();
    }
    folder
}

/// A script of the project with that folder as `DIST`: what it printed, as `Err` when it failed.
fn run(
    script: &str,
    arguments: &[&str],
    dist: &Path,
    environment: &[(&str, &str)],
) -> Result<String, String> {
    let output = Command::new(module::workspace().join(script))
        .args(arguments)
        .env("DIST", dist)
        // Nobody's own credentials.
        .env("DOCKER_CONFIG", dist)
        .env_remove("SOURCE_URL")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(printed)
    }
}

fn push(registry: &str, dist: &Path, environment: &[(&str, &str)]) -> Result<String, String> {
    let registry = format!("http://{registry}/{FOLDER}");
    let environment = [&[("PUSH", "1"), ("REGISTRY", &registry)], environment].concat();
    run("scripts/images.sh", &["--modules"], dist, &environment)
}

fn digests(dist: &Path) -> Value {
    serde_json::from_slice(&fs::read(dist.join("images.json")).unwrap()).unwrap()
}

#[test]
fn what_is_pulled_is_what_was_built() {
    let Some(registry) = Registry::start() else { return };
    let dist = dist();
    let printed = push(&registry.address().to_string(), dist.path(), &[]).unwrap();
    let digests = digests(dist.path());
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
    assert_eq!(
        push(&registry.address().to_string(), dist.path(), &[]),
        Ok(printed)
    );

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
    let dist = dist();
    let address = registry.address().to_string();
    let missing = run("deploy/pin.sh", &[&address], dist.path(), &[]).unwrap_err();
    assert!(
        missing.contains("images.json is missing: make images writes it"),
        "{missing}"
    );
    push(&address, dist.path(), &[]).unwrap();
    run(
        "deploy/pin.sh",
        &[&format!("{address}/{FOLDER}")],
        dist.path(),
        &[],
    )
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
        let dist = dist();
        run("scripts/images.sh", &["--modules"], dist.path(), &[]).unwrap();
        (
            digests(dist.path()),
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
    run("scripts/images.sh", &["--modules"], dist.path(), &[]).unwrap();
    assert_ne!(digests(dist.path())["jwt-auth"], first["jwt-auth"]);
    assert_eq!(digests(dist.path())["edge-suite"], first["edge-suite"]);
    assert_eq!(blobs(), before);
}

#[test]
fn a_damaged_layout_is_not_pushed() {
    let Some(registry) = Registry::start() else { return };
    let dist = dist();
    run("scripts/images.sh", &["--modules"], dist.path(), &[]).unwrap();
    let digest = digests(dist.path())["jwt-auth"].as_str().unwrap().to_owned();
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
    let error = run("scripts/images.py", &arguments, dist.path(), &[]).unwrap_err();
    assert!(
        error.contains(&format!("the blob {digest} is damaged")),
        "{error}"
    );
}

#[test]
fn who_may_push_is_asked_for() {
    let Some(registry) = Registry::start_for(Some(USER)) else {
        return;
    };
    let address = registry.address().to_string();
    let auth = r#"{"auths": {"HOST": {"auth": "YWRhOmNvcnJlY3QgaG9yc2U="}}}"#.replace("HOST", &address);
    let cases: [(&str, &[(&str, &str)], Option<&str>, Result<(), &str>); 4] = [
        ("nobody", &[], None, Err("not logged in: docker login")),
        (
            "a wrong password",
            &[("REGISTRY_USER", "ada"), ("REGISTRY_PASSWORD", "battery staple")],
            None,
            Err("HEAD: 401"),
        ),
        (
            "by the environment",
            &[("REGISTRY_USER", "ada"), ("REGISTRY_PASSWORD", PASSWORD)],
            None,
            Ok(()),
        ),
        ("by docker login", &[], Some(&auth), Ok(())),
    ];
    for (name, environment, login, expected) in cases {
        let dist = dist();
        if let Some(login) = login {
            fs::write(dist.path().join("config.json"), login).unwrap();
        }
        let printed = push(&address, dist.path(), environment);
        match (&printed, expected) {
            (Ok(_), Ok(())) => {}
            (Err(printed), Err(part)) if printed.contains(part) => {}
            _ => panic!("{name}: {printed:?}"),
        }
        let printed = printed.unwrap_or_else(|printed| printed);
        assert!(
            !printed.contains(PASSWORD) && !printed.contains("staple"),
            "{name}: {printed}"
        );
    }
}

/// As ghcr.io and Docker Hub do it: the registry says where tokens are had, and for what.
#[test]
fn a_token_is_fetched_where_the_registry_says() {
    let registry = Upstream::start();
    let at = registry.address();
    let challenge = format!(r#"Bearer realm="http://{at}/token",service="tests",scope="ignored""#);
    let status = |status| Answer {
        status,
        ..Answer::default()
    };
    registry.answer_next_with(status(401).header("WWW-Authenticate", challenge));
    registry.answer_next_with(Answer::text(r#"{"token": "of-the-registry"}"#));
    // Both of its blobs are there already; the manifest is taken.
    registry.answer_next_with(status(200));
    registry.answer_next_with(status(200));
    registry.answer_with(status(201));
    let dist = dist();
    let environment = [("REGISTRY_USER", "ada"), ("REGISTRY_PASSWORD", PASSWORD)];
    run(
        "scripts/images.py",
        &["build", dist.path().to_str().unwrap(), "1.2.3", "jwt-auth"],
        dist.path(),
        &[],
    )
    .unwrap();
    let arguments = [
        "push",
        dist.path().to_str().unwrap(),
        "1.2.3",
        &format!("http://{at}/somebody"),
    ];
    let printed = run("scripts/images.py", &arguments, dist.path(), &environment).unwrap();
    let seen: Vec<String> = registry
        .received()
        .iter()
        .map(|request| {
            let field =
                |name| String::from_utf8_lossy(request.headers.first(name).unwrap_or_default()).into_owned();
            let path = field(":path");
            let path = path.split("/sha256:").next().unwrap();
            format!("{} {path} {}", field(":method"), field("authorization"))
                .trim()
                .to_owned()
        })
        .collect();
    let basic = "Basic YWRhOmNvcnJlY3QgaG9yc2U=";
    let bearer = "Bearer of-the-registry";
    assert_eq!(
        seen,
        [
            "HEAD /v2/somebody/jwt-auth/blobs".to_owned(),
            format!("GET /token?service=tests&scope=repository%3Asomebody%2Fjwt-auth%3Apull%2Cpush {basic}"),
            format!("HEAD /v2/somebody/jwt-auth/blobs {bearer}"),
            format!("HEAD /v2/somebody/jwt-auth/blobs {bearer}"),
            format!("PUT /v2/somebody/jwt-auth/manifests/1.2.3 {bearer}"),
        ]
    );
    assert!(!printed.contains("of-the-registry"), "{printed}");
}
