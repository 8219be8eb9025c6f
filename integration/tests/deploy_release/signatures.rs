//! What is signed: the images in a registry, and the checksums; verified by cosign itself, and run.

use super::{Release, VERSION, dist};
use edge_demo::{http::Request, tool};
use http_filter_test::skip;
use integration::{Proxy, Registry, Upstream, images::FOLDER, module, succeed, wasm_image};
use serde_json::json;
use std::{fs, process::Command};

/// cosign with a key of this test's.
struct Cosign {
    keys: tempfile::TempDir,
}

impl Cosign {
    fn new() -> Option<Self> {
        if tool::in_path("cosign").is_none() {
            skip("deploy: signatures of a release: cosign is not installed");
            return None;
        }
        let keys = tempfile::tempdir().unwrap();
        let cosign = Self { keys };
        succeed(cosign.command().arg("generate-key-pair"));
        Some(cosign)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("cosign");
        command.current_dir(self.keys.path()).env("COSIGN_PASSWORD", "");
        command
    }

    fn file(&self, name: &str) -> String {
        self.keys.path().join(name).to_str().unwrap().to_owned()
    }

    /// Whether a call that verifies succeeds.
    fn verifies(&self, arguments: &[&str]) -> bool {
        let output = self
            .command()
            .arg(arguments[0])
            .args(["--key", "cosign.pub", "--insecure-ignore-tlog=true"])
            .args(&arguments[1..])
            .output()
            .unwrap();
        output.status.success()
    }
}

#[test]
fn what_is_signed_can_be_verified_and_run() {
    let (Some(registry), Some(cosign), Some(stranger)) = (Registry::start(), Cosign::new(), Cosign::new())
    else {
        return;
    };
    let address = format!("{}/{FOLDER}", registry.address());
    let plain = format!("http://{address}");
    let dist = dist();
    dist.push(&registry.address().to_string(), &[]).unwrap();
    dist.run("deploy/pin.sh", &[&address], &[]).unwrap();
    let release = Release::of(dist);
    let released = fs::read_to_string(release.folder.join("SHA256SUMS")).unwrap();
    assert!(
        released.contains(&format!("  deploy-{VERSION}.tar.gz\n")),
        "{released}"
    );
    let key = [
        ("COSIGN_KEY", cosign.file("cosign.key")),
        ("COSIGN_PASSWORD", String::new()),
    ];
    let key = key.each_ref().map(|(name, value)| (*name, value.as_str()));
    release
        .dist
        .run(
            "scripts/sign.sh",
            &[&plain, release.folder.to_str().unwrap()],
            &key,
        )
        .unwrap();

    let digest = release.dist.digests()["jwt-auth"].as_str().unwrap().to_owned();
    let image = format!("{address}/jwt-auth@{digest}");
    let other = format!("{address}/rate-limit@{digest}");
    let sums = release.folder.join("SHA256SUMS").to_str().unwrap().to_owned();
    let bundle = format!("{sums}.bundle");
    let changed = cosign.file("changed");
    fs::write(&changed, "changed").unwrap();
    let image_of = |image| ["verify", "--allow-http-registry", image];
    let rows: [(&str, &Cosign, &[&str], bool); 5] = [
        ("an image", &cosign, &image_of(&image), true),
        ("an image by another's key", &stranger, &image_of(&image), false),
        ("another image", &cosign, &image_of(&other), false),
        (
            "the checksums",
            &cosign,
            &["verify-blob", "--bundle", &bundle, &sums],
            true,
        ),
        (
            "other checksums",
            &cosign,
            &["verify-blob", "--bundle", &bundle, &changed],
            false,
        ),
    ];
    for (name, cosign, arguments, expected) in rows {
        assert_eq!(cosign.verifies(arguments), expected, "{name}");
    }

    // What the image holds runs in an Envoy.
    let (_, bytes) = wasm_image::pull(&registry, &format!("{FOLDER}/jwt-auth"), &digest).unwrap();
    assert!(
        bytes == fs::read(module::shipped("jwt-auth")).unwrap(),
        "other bytes"
    );
    let pulled = release.dist.path().join("pulled.wasm");
    fs::write(&pulled, bytes).unwrap();
    // RFC 8037 A.2.
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let configuration = json!({
        "providers": {"corp": {"issuer": "https://idp.example.com", "audiences": "orders-api", "jwks": {"keys": [key]}}},
        "rules": [{"require": "corp"}],
    });
    let envoy = Proxy::default()
        .wasm("jwt-auth", &pulled, &configuration, json!({}))
        .start(&Upstream::start());
    assert_eq!(Request::get("/orders").send(envoy.address()).unwrap().status, 401);
}
