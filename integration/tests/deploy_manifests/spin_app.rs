//! What SpinKube's operator reads of a `SpinApp` (core.spinkube.dev/v1alpha1): no schema of it is at hand, so these are the fields of
//! its reference that the manifest may use.

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Serialize};

/// A `SpinApp`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SpinApp {
    api_version: String,
    kind: String,
    metadata: ObjectMeta,
    spec: Spec,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Spec {
    image: String,
    executor: String,
    replicas: u32,
    resources: ResourceRequirements,
    checks: Checks,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    liveness: Check,
    readiness: Check,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Check {
    http_get: Get,
    period_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_threshold: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Get {
    path: String,
}
