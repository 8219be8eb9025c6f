//! Every manifest under `deploy/`: against its published schema, the rules that the schema can't say, and the filter
//! that gets its configuration.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use http_filter::{ConfigError, Plugin};
use integration::module::{FILTERS, workspace};
use serde_json::Value;
use std::path::PathBuf;

/// The documents of every manifest, with the file each is in.
fn documents() -> Vec<(String, Value)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(workspace().join("deploy/istio"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let mut documents = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for document in serde_yaml_ng::Deserializer::from_str(&text) {
            let value = <Value as serde::Deserialize>::deserialize(document).unwrap();
            documents.push((file.file_name().unwrap().to_string_lossy().into_owned(), value));
        }
    }
    assert!(!documents.is_empty());
    documents
}

/// As Istio delivers it: every number a double.
fn with_doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.iter().map(with_doubles).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), with_doubles(value)))
            .collect(),
        other => other.clone(),
    }
}

fn parse(filter: &str, configuration: &Value) -> Result<(), ConfigError> {
    let text = with_doubles(configuration).to_string();
    let text = Some(text.as_bytes());
    match filter {
        "jwt-auth" => Plugin::<jwt_auth::JwtAuth>::new(text).map(|_| ()),
        "rate-limit" => Plugin::<rate_limit::RateLimit>::new(text).map(|_| ()),
        "geo-routing" => Plugin::<geo_routing::GeoRouting>::new(text).map(|_| ()),
        "cache-headers" => Plugin::<cache_headers::CacheHeaders>::new(text).map(|_| ()),
        "compression-negotiation" => {
            Plugin::<compression_negotiation::CompressionNegotiation>::new(text).map(|_| ())
        }
        other => panic!("no filter {other}"),
    }
}

fn wasm_plugins() -> Vec<(String, Value)> {
    let plugins: Vec<_> = documents()
        .into_iter()
        .filter(|(_, document)| document["kind"] == "WasmPlugin")
        .collect();
    assert_eq!(plugins.len(), FILTERS.len(), "one for each filter");
    plugins
}

#[test]
fn manifests_fit_their_schemas() {
    let Some(schemas) = http_filter_test::shared("crds/jsonschema-strict") else {
        return;
    };
    for (file, document) in documents() {
        let (group, version) = document["apiVersion"].as_str().unwrap().split_once('/').unwrap();
        if group == "kustomize.config.k8s.io" {
            continue;
        }
        let kind = document["kind"].as_str().unwrap().to_lowercase();
        let schema = schemas.join(format!("{kind}.{group}_{version}.json"));
        let schema: Value = serde_json::from_slice(
            &std::fs::read(&schema).unwrap_or_else(|_| panic!("{}", schema.display())),
        )
        .unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{file}: {}", errors.join("\n"));
        // The same document with a field that doesn't exist is refused: the schema does look.
        let mut wrong = document.clone();
        wrong["spec"]["no_such_field"] = true.into();
        assert!(!validator.is_valid(&wrong), "{file}: the schema takes anything");
    }
}

/// What the CRD says in CEL, and what Istio's documentation gets wrong.
#[test]
fn wasm_plugins_keep_the_rules_that_schemas_cannot_say() {
    for (file, plugin) in wasm_plugins() {
        let spec = &plugin["spec"];
        let selectors = ["selector", "targetRef", "targetRefs"]
            .iter()
            .filter(|name| !spec[**name].is_null())
            .count();
        assert_eq!(selectors, 1, "{file}: exactly one of selector and targetRefs");
        let url = spec["url"].as_str().unwrap();
        assert!(
            url.starts_with("oci://") && !url.ends_with(":latest"),
            "{file}: {url}"
        );
        assert!(
            spec["priority"].is_i64(),
            "{file}: without a priority Istio puts it last"
        );
        assert_eq!(spec["pluginName"], plugin["metadata"]["name"], "{file}");
    }
}

#[test]
fn the_chain_has_the_order_of_the_design() {
    let phase = |name: &Value| {
        ["AUTHN", "AUTHZ", "STATS"]
            .iter()
            .position(|phase| name == phase)
            .unwrap()
    };
    let mut order: Vec<_> = wasm_plugins()
        .into_iter()
        .map(|(_, plugin)| {
            let place = (
                phase(&plugin["spec"]["phase"]),
                -plugin["spec"]["priority"].as_i64().unwrap(),
            );
            (place, plugin["metadata"]["name"].as_str().unwrap().to_owned())
        })
        .collect();
    order.sort();
    let names: Vec<_> = order.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, FILTERS);
}

#[test]
fn every_plugin_configuration_is_one_that_the_filter_takes() {
    for (file, plugin) in wasm_plugins() {
        let name = plugin["metadata"]["name"].as_str().unwrap();
        let configuration = &plugin["spec"]["pluginConfig"];
        parse(name, configuration).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut wrong = configuration.clone();
        wrong["no_such_field"] = true.into();
        let error = parse(name, &wrong).unwrap_err().to_string();
        assert!(error.contains("no_such_field"), "{file}: {error}");
    }
}

#[test]
fn the_kustomization_lists_every_file() {
    let documents = documents();
    let (_, kustomization) = documents
        .iter()
        .find(|(_, document)| document["kind"] == "Kustomization")
        .unwrap();
    let mut listed: Vec<_> = kustomization["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap())
        .collect();
    listed.sort_unstable();
    let mut files: Vec<_> = documents
        .iter()
        .map(|(file, _)| file.as_str())
        .filter(|file| *file != "kustomization.yaml")
        .collect();
    files.dedup();
    assert_eq!(listed, files);
}
