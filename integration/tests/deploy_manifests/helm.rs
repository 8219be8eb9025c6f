//! The chart: what Helm makes of it is what the kustomizations say, and fits the same definitions.

use super::manifest::{self, Manifest};
use super::schema;
use http_filter_test::skip;
use integration::module::workspace;
use serde_json::{Value, json};
use std::{fs, path::PathBuf, process::Command};

fn chart() -> PathBuf {
    manifest::root().join("helm/edge-filters")
}

/// What a command of `scripts/helm.sh` prints for a chart and values, or what it says is wrong.
fn helm(command: &[&str], values: &Value) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("values.json");
    fs::write(&file, values.to_string()).unwrap();
    let output = Command::new(workspace().join("scripts/helm.sh"))
        .arg(command[0])
        .arg(chart())
        .args(&command[1..])
        .arg(file)
        .output()
        .unwrap();
    let printed = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(printed(&output.stdout)),
        false => Err(printed(&[output.stdout, output.stderr].concat())),
    }
}

/// The manifests of a release called `edge`.
fn rendered(namespace: &str, values: &Value) -> Result<Vec<Value>, String> {
    helm(&["template", "edge", namespace], values).map(|text| manifest::documents(&text))
}

/// Whether Helm's library is here; says that what needs it is skipped where not.
fn available() -> bool {
    let found = Command::new(workspace().join("scripts/helm.sh"))
        .arg("lint")
        .arg(chart())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&found.stderr).into_owned();
    let missing = said.contains("has no helm-python-sdk");
    if missing {
        skip(&format!("deploy: the chart: {said}"));
    }
    !missing
}

/// What loads filters, of manifests: their filters, and the document.
fn loading(documents: Vec<(String, Value)>) -> Vec<(Vec<String>, Value)> {
    documents
        .into_iter()
        .filter_map(|(file, document)| {
            let manifest = Manifest { file, document };
            let filters: Vec<_> = manifest::plugins_of(&manifest)
                .into_iter()
                .map(|plugin| plugin.filter)
                .collect();
            (!filters.is_empty()).then_some((filters, manifest.document))
        })
        .collect()
}

#[test]
fn the_chart_says_what_the_kustomizations_say() {
    if !available() {
        return;
    }
    let rows = [
        ("istio", "istio/wasm-plugin"),
        ("istio", "istio/edge-suite/wasm-plugin"),
        ("istio-traffic-extension", "istio/traffic-extension"),
        ("istio-traffic-extension", "istio/edge-suite/traffic-extension"),
        ("envoy-gateway", "envoy-gateway/filters"),
        ("envoy-gateway", "envoy-gateway/edge-suite"),
        ("higress", "higress/filters"),
        ("higress", "higress/edge-suite"),
    ];
    for (platform, folder) in rows {
        let of_folder = |file: &str| file.rsplit_once('/').is_some_and(|(parent, _)| parent == folder);
        let mut filters = json!({});
        for plugin in manifest::plugins() {
            if of_folder(&plugin.file) {
                let mut filter = json!({"config": plugin.configuration});
                if plugin.fails_open {
                    filter["failStrategy"] = "FAIL_OPEN".into();
                }
                filters[plugin.filter] = filter;
            }
        }
        let written = manifest::all()
            .into_iter()
            .filter(|manifest| of_folder(&manifest.file))
            .map(|manifest| (manifest.file, manifest.document))
            .collect();
        let written = loading(written);
        let namespace = written[0].1["metadata"]["namespace"].as_str().unwrap();
        let values = json!({"platform": platform, "filters": filters});
        let made = rendered(namespace, &values).unwrap_or_else(|said| panic!("{folder}: {said}"));
        for document in &made {
            let mistakes = schema::mistakes(document).unwrap_or_default();
            assert_eq!(mistakes, Vec::<String>::new(), "{folder}: {document}");
            assert_eq!(document["metadata"]["namespace"], namespace, "{folder}");
        }
        let made = loading(
            made.into_iter()
                .map(|document| (folder.to_owned(), document))
                .collect(),
        );
        assert_eq!(made.len(), written.len(), "{folder}");
        for (filters, document) in &written {
            let (_, other) = made
                .iter()
                .find(|(others, _)| others == filters)
                .unwrap_or_else(|| panic!("{folder}: {filters:?} as one"));
            assert_eq!(other["kind"], document["kind"], "{folder}");
            assert_eq!(other["spec"], document["spec"], "{folder}: {filters:?}");
        }
    }
}

const LIMIT: &str = r#"{"policies": {"per_client": {"requests": 10000000, "per": "1m"}}, "rules": [{"limit": "per_client"}]}"#;

#[test]
fn values_say_where_images_are_and_what_they_must_be() {
    if !available() {
        return;
    }
    let limit: Value = serde_json::from_str(LIMIT).unwrap();
    let digest = "0123456789abcdef".repeat(4);
    for platform in ["istio", "istio-traffic-extension", "envoy-gateway", "higress"] {
        let values = json!({
            "platform": platform,
            "image": {
                "repository": "ghcr.io/somebody/edge",
                "tag": "1.2.3",
                "pullSecret": "registry",
                "digests": {"rate-limit": format!("sha256:{digest}")},
            },
            "failStrategy": "FAIL_OPEN",
            "filters": {
                "rate-limit": {"config": limit},
                "jwt-auth": {"enabled": false, "config": {"rules": []}},
            },
        });
        let made = rendered("edge", &values).unwrap_or_else(|said| panic!("{platform}: {said}"));
        assert_eq!(made.len(), 1, "{platform}: {made:?}");
        let mistakes = schema::mistakes(&made[0]).unwrap_or_default();
        assert_eq!(mistakes, Vec::<String>::new(), "{platform}");
        let text = made[0].to_string();
        for part in [
            r#""oci://ghcr.io/somebody/edge/rate-limit:1.2.3""#,
            &format!(r#""sha256":"{digest}""#),
            r#""registry""#,
        ] {
            assert!(text.contains(part), "{platform}: no {part} in {text}");
        }
        let manifest = Manifest {
            file: "helm/edge".to_owned(),
            document: made[0].clone(),
        };
        let plugin = manifest::plugins_of(&manifest).remove(0);
        assert!(plugin.fails_open, "{platform}");
        // Numbers are doubles on their way; the filter takes them.
        let requests = &plugin.configuration["policies"]["per_client"]["requests"];
        assert_eq!(requests.as_f64(), Some(1e7), "{platform}");
    }
}

#[test]
fn values_that_cannot_be_meant_are_refused() {
    if !available() {
        return;
    }
    let limit: Value = serde_json::from_str(LIMIT).unwrap();
    let one = json!({"rate-limit": {"config": limit}});
    let rows = [
        (
            "no filter",
            json!({"filters": {}}),
            "expected at least one filter",
        ),
        (
            "an unknown platform",
            json!({"platform": "linkerd", "filters": one}),
            "platform",
        ),
        (
            "an unknown filter",
            json!({"filters": {"rate-limits": {"config": limit}}}),
            "rate-limits",
        ),
        (
            "a filter without its configuration",
            json!({"filters": {"rate-limit": {}}}),
            "config",
        ),
        (
            "the suite beside others",
            json!({"filters": {"rate-limit": {"config": limit}, "edge-suite": {"config": {"rate_limit": limit}}}}),
            "found edge-suite beside others",
        ),
        (
            "a digest that is none",
            json!({"filters": one, "image": {"digests": {"rate-limit": "latest"}}}),
            "digests",
        ),
        (
            "a scheme before the repository",
            json!({"filters": one, "image": {"repository": "oci://ghcr.io/somebody"}}),
            "repository",
        ),
        (
            "a strategy that Envoy Gateway hasn't",
            json!({"platform": "envoy-gateway", "failStrategy": "FAIL_RELOAD", "filters": one}),
            "expected FAIL_CLOSE or FAIL_OPEN",
        ),
    ];
    for (name, values, expected) in rows {
        let refused = rendered("edge", &values);
        assert!(
            refused.as_ref().is_err_and(|said| said.contains(expected)),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn the_chart_has_the_version_of_the_modules_and_no_faults() {
    let chart = manifest::documents(&fs::read_to_string(chart().join("Chart.yaml")).unwrap()).remove(0);
    for field in ["version", "appVersion"] {
        assert_eq!(chart[field], env!("CARGO_PKG_VERSION"), "{field}");
    }
    if !available() {
        return;
    }
    let limit: Value = serde_json::from_str(LIMIT).unwrap();
    helm(&["lint"], &json!({"filters": {"rate-limit": {"config": limit}}})).unwrap();
}
