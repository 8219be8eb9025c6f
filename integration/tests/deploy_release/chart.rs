//! The chart of a release: packaged with the images' addresses and digests, pushed to a registry, pulled from it and rendered.

use super::{Release, VERSION, dist};
use integration::{Dist, Registry, images::FOLDER, module::workspace};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// Runs Helm's library.
fn helm(arguments: &[&str]) -> Output {
    Command::new(workspace().join("scripts/helm.sh"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The manifests of a chart for rate-limit in Istio.
fn rendered(chart: &Path, folder: &Path) -> String {
    let values = folder.join("values.yaml");
    let limit = "{policies: {per_client: {requests: 100, per: 1m}}, rules: [{limit: per_client}]}";
    fs::write(&values, format!("filters: {{rate-limit: {{config: {limit}}}}}\n")).unwrap();
    let arguments = [
        chart.to_str().unwrap(),
        "edge",
        "istio-ingress",
        values.to_str().unwrap(),
    ];
    let output = helm(&[&["template"], &arguments[..]].concat());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn released(dist: &Dist, registry: &str) -> Result<String, String> {
    dist.run("deploy/pin.sh", &[registry.split_once("://").unwrap().1], &[])?;
    dist.run("scripts/chart.sh", &[], &[("REGISTRY", registry), ("PUSH", "1")])
}

#[test]
fn the_chart_that_is_pulled_loads_the_images_that_were_pushed() {
    let Some(registry) = Registry::start() else { return };
    let dist = dist();
    dist.push(&registry.address().to_string(), &[]).unwrap();
    let address = format!("{}/{FOLDER}", registry.address());
    match released(&dist, &format!("http://{address}")) {
        Ok(_) => {}
        Err(said) if said.contains("has no helm-python-sdk") => {
            return http_filter_test::skip(&format!("deploy: the chart of a release: {said}"));
        }
        Err(said) => panic!("{said}"),
    }
    let name = format!("edge-filters-{VERSION}.tgz");
    let digests = dist.digests();
    let release = Release::of(dist);
    let sums = fs::read_to_string(release.folder.join("SHA256SUMS")).unwrap();
    assert!(sums.contains(&format!("  {name}\n")), "{sums}");

    let pulled = tempfile::tempdir().unwrap();
    let folder = pulled.path().to_str().unwrap();
    let output = helm(&[
        "pull",
        &format!("http://{address}/charts"),
        "edge-filters",
        VERSION,
        folder,
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let archive = pulled.path().join(&name);
    assert!(fs::read(&archive).unwrap() == fs::read(release.folder.join(&name)).unwrap());
    let manifest = registry.get(&format!(
        "{FOLDER}/charts/edge-filters/manifests/{}",
        digests["charts/edge-filters"].as_str().unwrap()
    ));
    assert_eq!(manifest.status, 200);

    let manifests = rendered(&archive, pulled.path());
    let digest = digests["rate-limit"]
        .as_str()
        .unwrap()
        .strip_prefix("sha256:")
        .unwrap();
    for part in [
        format!("oci://{address}/rate-limit:{VERSION}"),
        format!("sha256: \"{digest}\""),
    ] {
        assert!(manifests.contains(&part), "no {part}:\n{manifests}");
    }
}
