//! `check` has nothing to say of what the project ships and shows.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use edge_filters::{
    FilterKind,
    check::{Finding, Presence, Severity, check},
    find::Source,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Modules are built where Envoy runs.
fn presence(_: &str, _: &str) -> Presence {
    Presence::Unknown
}

/// Notes are no mistakes.
fn is_wrong(finding: &&Finding) -> bool {
    finding.rule.severity() != Severity::Note
}

fn findings(name: &str, text: &str, kind: Option<FilterKind>) -> Vec<String> {
    let source = Source {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let report = check(&[source], kind, &presence);
    report
        .findings
        .iter()
        .filter(is_wrong)
        .map(|finding| format!("{}:{}: {}", finding.file, finding.at.line, finding.sentence()))
        .collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "json")
        {
            found.push(path);
        }
    }
}

/// Manifests are checked together: one chain may stand in several files. Each folder is a way of its own to load them.
#[test]
fn every_configuration_that_is_shipped() {
    for (folder, at_least) in [
        ("envoy", 6),
        ("deploy/istio/wasm-plugin", 5),
        ("deploy/istio/first", 1),
        ("deploy/istio/traffic-extension", 5),
        ("deploy/envoy-gateway/filters", 5),
        ("deploy/higress/filters", 5),
        ("deploy/istio/edge-suite/wasm-plugin", 1),
        ("deploy/istio/edge-suite/traffic-extension", 1),
        ("deploy/envoy-gateway/edge-suite", 1),
        ("deploy/higress/edge-suite", 1),
    ] {
        let mut paths = Vec::new();
        files(&root().join(folder), &mut paths);
        paths.sort();
        let sources: Vec<_> = paths
            .iter()
            .map(|path| Source {
                name: path.display().to_string(),
                text: fs::read_to_string(path).unwrap(),
            })
            .collect();
        let report = check(&sources, None, &presence);
        let findings: Vec<_> = report
            .findings
            .iter()
            .filter(is_wrong)
            .map(|finding| format!("{}: {}", finding.file, finding.sentence()))
            .collect();
        assert_eq!(findings, Vec::<String>::new());
        assert!(
            report.filters() >= at_least,
            "{folder}: {} configurations",
            report.filters()
        );
    }
}

/// Behind a suite is the only place for native compressors.
#[test]
fn a_suite_before_compressors() {
    let chain = r#"
use_remote_address: true
http_filters:
- name: edge-suite
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm
    config:
      vm_config: {runtime: envoy.wasm.runtime.v8, code: {local: {filename: dist/edge-suite.wasm}}}
      configuration:
        "@type": type.googleapis.com/google.protobuf.Struct
        value:
          rate_limit: {policies: {site: {key: client_ip, requests: 10, per: 1s}}}
          compression_negotiation: {}
          cache_headers: {rules: {preset: api}}
- name: envoy.filters.http.compressor
  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor, compressor_library: {name: gzip, typed_config: {"@type": type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip}}}
"#;
    assert_eq!(findings("edge.yaml", chain, None), Vec::<String>::new());
    let believing = chain.replace("use_remote_address: true", "use_remote_address: false");
    let found = findings("edge.yaml", &believing, None);
    assert!(
        matches!(found.as_slice(), [one] if one.contains("policies.site.key: counts clients by their address")),
        "{found:?}"
    );
}

#[test]
fn every_example_of_a_readme() {
    for kind in FilterKind::ALL {
        let file = root().join("crates").join(kind.name()).join("README.md");
        let text = fs::read_to_string(&file).unwrap();
        let examples = http_filter_test::yaml_examples(&text);
        assert!(!examples.is_empty(), "{}", file.display());
        for example in examples {
            // Another build of the module reads it, and the command that is built for that.
            if example.starts_with("# all-codings") && !cfg!(feature = "all-codings") {
                continue;
            }
            let found = findings(kind.name(), example, Some(kind));
            assert_eq!(found, Vec::<String>::new(), "{example}");
        }
    }
    let pages = fs::read_dir(root().join("site/pages")).unwrap();
    let pages = pages.map(|entry| entry.unwrap().path());
    for page in pages.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&page).unwrap();
        for example in http_filter_test::yaml_examples(&text) {
            let found = findings(&page.to_string_lossy(), example, None);
            assert_eq!(found, Vec::<String>::new(), "{example}");
        }
    }
}
