//! Custom resources against the schemas of their definitions, and Kubernetes' own kinds against its API.

use super::manifest::{self, Manifest};
use super::rules;
use super::spin_app::SpinApp;
use k8s_openapi::api::{
    apps::v1::Deployment,
    autoscaling::v2::HorizontalPodAutoscaler,
    core::v1::{ConfigMap, Namespace, Service},
    networking::v1::{Ingress, NetworkPolicy},
    node::v1::RuntimeClass,
    policy::v1::PodDisruptionBudget,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::path::Path;

/// What is wrong with a document; `None` where there are no published schemas to say so.
pub(crate) fn mistakes(document: &Value) -> Option<Vec<String>> {
    let (version, kind) = (
        document["apiVersion"].as_str().unwrap(),
        document["kind"].as_str().unwrap(),
    );
    let own = match (version, kind) {
        ("v1", "ConfigMap") => understood::<ConfigMap>(document),
        ("v1", "Namespace") => understood::<Namespace>(document),
        ("v1", "Service") => understood::<Service>(document),
        ("apps/v1", "Deployment") => understood::<Deployment>(document),
        ("autoscaling/v2", "HorizontalPodAutoscaler") => understood::<HorizontalPodAutoscaler>(document),
        ("core.spinkube.dev/v1alpha1", "SpinApp") => understood::<SpinApp>(document),
        ("networking.k8s.io/v1", "Ingress") => understood::<Ingress>(document),
        ("networking.k8s.io/v1", "NetworkPolicy") => understood::<NetworkPolicy>(document),
        ("node.k8s.io/v1", "RuntimeClass") => understood::<RuntimeClass>(document),
        ("policy/v1", "PodDisruptionBudget") => understood::<PodDisruptionBudget>(document),
        _ => {
            let schema = schema(
                &http_filter_test::shared("crds/jsonschema-strict")?,
                version,
                kind,
            );
            let validator = jsonschema::validator_for(&schema).unwrap();
            let mut mistakes: Vec<String> = validator
                .iter_errors(document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            mistakes.extend(rules::broken(&schema, document));
            return Some(mistakes);
        }
    };
    Some(own.err().into_iter().collect())
}

/// The schema of a custom resource.
pub(crate) fn schema(folder: &Path, version: &str, kind: &str) -> Value {
    let file = folder.join(format!(
        "{}.{}.json",
        kind.to_lowercase(),
        version.replace('/', "_")
    ));
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&text).unwrap()
}

/// Whether Kubernetes knows every field: what it doesn't know is gone after reading and writing.
fn understood<T: Serialize + DeserializeOwned>(document: &Value) -> Result<(), String> {
    let read: T = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
    let written = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    match differing(document, &written, String::new()) {
        Some(path) => Err(format!("{path}: unknown, or another type")),
        None => Ok(()),
    }
}

/// The first place where `written` isn't what `document` says.
fn differing(document: &Value, written: &Value, path: String) -> Option<String> {
    match (document, written) {
        (Value::Object(members), Value::Object(others)) => members.iter().find_map(|(name, member)| {
            let path = format!("{path}/{name}");
            match others.get(name) {
                Some(other) => differing(member, other, path),
                None => Some(path),
            }
        }),
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => items
            .iter()
            .zip(others)
            .enumerate()
            .find_map(|(index, (item, other))| differing(item, other, format!("{path}/{index}"))),
        _ => (document != written).then_some(path),
    }
}

#[test]
fn manifests_fit_their_schemas() {
    for Manifest { file, document } in manifest::all() {
        let Some(found) = mistakes(&document) else { return };
        assert_eq!(found, Vec::<String>::new(), "{file}");
        // The same document with a field that doesn't exist is refused: the schema does look.
        let mut wrong = document.clone();
        let inside = ["spec", "metadata"]
            .into_iter()
            .find(|name| wrong[name].is_object());
        wrong[inside.unwrap()]["noSuchField"] = true.into();
        assert!(
            !mistakes(&wrong).unwrap().is_empty(),
            "{file}: the schema takes anything"
        );
    }
}
