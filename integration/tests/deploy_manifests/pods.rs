//! The plain Deployments: what runs in them, with which rights, and what leads to it.

use super::kustomize::build;
use super::manifest::documents;
use integration::module::workspace;
use k8s_openapi::api::{
    apps::v1::Deployment,
    autoscaling::v2::HorizontalPodAutoscaler,
    core::v1::{Container, PodSpec, Probe, Service},
    networking::v1::NetworkPolicy,
    policy::v1::PodDisruptionBudget,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

const FORMS: [&str; 6] = [
    "kubernetes",
    "kubernetes/image-volume",
    "kubernetes/runtime-class/spin",
    "kubernetes/runtime-class/wasmedge",
    "kubernetes/runtime-class/wasmtime",
    "kubernetes/runtimes",
];

/// Each form, as kustomize builds it.
pub(crate) fn forms() -> &'static [(&'static str, Vec<Value>)] {
    static BUILT: LazyLock<Vec<(&str, Vec<Value>)>> = LazyLock::new(|| {
        FORMS
            .into_iter()
            .filter_map(|folder| Some((folder, build(folder)?)))
            .collect()
    });
    &BUILT
}

pub(crate) fn all<T: DeserializeOwned>(built: &[Value], kind: &str) -> Vec<T> {
    let of_kind = built.iter().filter(|document| document["kind"] == kind);
    of_kind
        .map(|document| serde_json::from_value(document.clone()).unwrap())
        .collect()
}

pub(crate) fn pod(deployment: &Deployment) -> &PodSpec {
    deployment.spec.as_ref().unwrap().template.spec.as_ref().unwrap()
}

pub(crate) fn name(deployment: &Deployment) -> &str {
    deployment.metadata.name.as_deref().unwrap()
}

#[test]
fn pods_have_no_rights_that_they_do_not_need() {
    for (form, built) in forms() {
        let deployments: Vec<Deployment> = all(built, "Deployment");
        let expected = if *form == "kubernetes/runtimes" { 3 } else { 2 };
        assert_eq!(deployments.len(), expected, "{form}");
        for deployment in &deployments {
            let pod = pod(deployment);
            assert_eq!(pod.automount_service_account_token, Some(false), "{form}");
            let context = pod.security_context.as_ref().unwrap();
            assert_eq!(context.run_as_non_root, Some(true), "{form}");
            assert!(context.run_as_user.is_some_and(|user| user > 0), "{form}");
            assert_eq!(
                context.seccomp_profile.as_ref().unwrap().type_,
                "RuntimeDefault",
                "{form}"
            );
            for container in pod.init_containers.iter().flatten().chain(&pod.containers) {
                confined(form, container);
            }
        }
    }
}

fn confined(form: &str, container: &Container) {
    let at = format!("{form}: {}", container.name);
    let context = container.security_context.as_ref().unwrap();
    assert_eq!(context.allow_privilege_escalation, Some(false), "{at}");
    assert_eq!(context.read_only_root_filesystem, Some(true), "{at}");
    let dropped = context.capabilities.as_ref().unwrap().drop.as_ref().unwrap();
    assert_eq!(dropped, &["ALL"], "{at}");
    let resources = container.resources.as_ref().unwrap();
    let requests = resources.requests.as_ref().unwrap();
    assert!(
        requests.contains_key("cpu") && requests.contains_key("memory"),
        "{at}"
    );
    assert!(resources.limits.as_ref().unwrap().contains_key("memory"), "{at}");
    let image = container.image.as_deref().unwrap();
    let tag = image
        .rsplit_once(':')
        .unwrap_or_else(|| panic!("{at}: {image} has no tag"))
        .1;
    assert_ne!(tag, "latest", "{at}");
    if image.starts_with("registry.example.com/") {
        assert_eq!(tag, env!("CARGO_PKG_VERSION"), "{at}");
    }
}

#[test]
fn pods_say_how_they_are_and_take_their_leave() {
    for (form, built) in forms() {
        for deployment in all::<Deployment>(built, "Deployment") {
            let pod = pod(&deployment);
            let grace = pod.termination_grace_period_seconds.unwrap_or(30);
            for container in &pod.containers {
                let at = format!("{form}: {}", container.name);
                let ports = container.ports.as_ref().unwrap();
                let named: BTreeSet<_> = ports.iter().filter_map(|port| port.name.as_deref()).collect();
                for probe in [
                    &container.startup_probe,
                    &container.readiness_probe,
                    &container.liveness_probe,
                ] {
                    let port = port_of(
                        probe
                            .as_ref()
                            .unwrap_or_else(|| panic!("{at}: a probe is missing")),
                    );
                    assert!(named.contains(port.as_str()), "{at}: {port} of {named:?}");
                }
                let stop = container.lifecycle.as_ref().unwrap().pre_stop.as_ref().unwrap();
                let script = stop.exec.iter().flat_map(|exec| exec.command.iter().flatten());
                let slept: Option<i64> = script
                    .flat_map(|line| line.lines())
                    .find_map(|line| line.trim().strip_prefix("sleep ")?.parse().ok());
                let sleep = stop.sleep.as_ref().map(|sleep| sleep.seconds).or(slept).unwrap();
                assert!(sleep > 0 && sleep < grace, "{at}: {sleep} s of {grace} s");
            }
        }
    }
}

fn port_of(probe: &Probe) -> String {
    let http = probe.http_get.as_ref().map(|http| &http.port);
    let port = http.or(probe.tcp_socket.as_ref().map(|tcp| &tcp.port)).unwrap();
    match port {
        IntOrString::String(name) => name.clone(),
        IntOrString::Int(number) => number.to_string(),
    }
}

#[test]
fn volumes_are_there_and_used() {
    for (form, built) in forms() {
        for deployment in all::<Deployment>(built, "Deployment") {
            let pod = pod(&deployment);
            let volumes: BTreeSet<_> = pod
                .volumes
                .iter()
                .flatten()
                .map(|volume| volume.name.as_str())
                .collect();
            let containers = pod.init_containers.iter().flatten().chain(&pod.containers);
            let mounts = containers.flat_map(|container| container.volume_mounts.iter().flatten());
            let mounted: BTreeSet<_> = mounts.map(|mount| mount.name.as_str()).collect();
            assert_eq!(mounted, volumes, "{form}: {}", name(&deployment));
        }
    }
}

/// A Service, a budget and a network policy for each Deployment, by the labels of its pods.
#[test]
fn labels_lead_to_the_pods() {
    for (form, built) in forms() {
        let (services, budgets, policies) = (
            all::<Service>(built, "Service"),
            all::<PodDisruptionBudget>(built, "PodDisruptionBudget"),
            all::<NetworkPolicy>(built, "NetworkPolicy"),
        );
        for deployment in all::<Deployment>(built, "Deployment") {
            let at = format!("{form}: {}", name(&deployment));
            let spec = deployment.spec.as_ref().unwrap();
            let labels = spec.template.metadata.as_ref().unwrap().labels.clone();
            assert!(labels.is_some(), "{at}");
            assert_eq!(spec.selector.match_labels, labels, "{at}");
            assert!(spec.replicas.unwrap() >= 2, "{at}");
            let selected = budgets.iter().any(|budget| {
                let spec = budget.spec.as_ref().unwrap();
                spec.selector.as_ref().unwrap().match_labels == labels && spec.max_unavailable.is_some()
            });
            assert!(selected, "{at}: no disruption budget");
            let guarded = policies.iter().any(|policy| {
                let selector = policy.spec.as_ref().unwrap().pod_selector.as_ref().unwrap();
                selector.match_labels == labels
            });
            assert!(guarded, "{at}: no network policy");
            let specs = services.iter().map(|service| service.spec.as_ref().unwrap());
            let service = specs.clone().find(|service| service.selector == labels);
            let target = service.unwrap().ports.as_ref().unwrap()[0].target_port.clone();
            assert_eq!(target, Some(IntOrString::String("http".to_owned())), "{at}");
        }
    }
}

/// One for each Deployment of the functions, and never fewer pods than the Deployment begins with.
#[test]
fn as_many_pods_as_the_load_asks_for() {
    let Some(built) = build("kubernetes/runtimes") else {
        return;
    };
    let mut scaled: Vec<(String, i32)> = all::<HorizontalPodAutoscaler>(&built, "HorizontalPodAutoscaler")
        .into_iter()
        .map(|scaler| {
            let spec = scaler.spec.unwrap();
            assert!(spec.max_replicas > spec.min_replicas.unwrap(), "{spec:?}");
            (spec.scale_target_ref.name, spec.min_replicas.unwrap())
        })
        .collect();
    scaled.sort();
    let deployments = all::<Deployment>(&built, "Deployment");
    let functions = deployments
        .iter()
        .filter(|deployment| name(deployment).starts_with("functions"));
    let mut expected: Vec<_> = functions
        .map(|deployment| {
            (
                name(deployment).to_owned(),
                deployment.spec.as_ref().unwrap().replicas.unwrap(),
            )
        })
        .collect();
    expected.sort();
    assert_eq!(scaled, expected);
}

/// Every runtime that the cluster runs is found by the name that its path has in the chain.
#[test]
fn the_chain_finds_the_runtimes() {
    let Some(built) = build("kubernetes/runtimes") else {
        return;
    };
    let text = std::fs::read_to_string(workspace().join("envoy/chain.yaml")).unwrap();
    let clusters = documents(&text)[0]["static_resources"]["clusters"].to_string();
    let services = all::<Service>(&built, "Service");
    let names: Vec<_> = services
        .iter()
        .filter_map(|service| service.metadata.name.as_deref())
        .collect();
    for name in ["run-wasmedge", "run-wasmtime", "functions-wasmedge"] {
        assert!(names.contains(&name), "{names:?}");
        assert!(
            clusters.contains(&format!(r#""address":"{name}","port_value":8080"#)),
            "{name}"
        );
    }
}

/// Under the name and port that `envoy/chain.yaml` calls.
#[test]
fn the_chain_finds_the_functions() {
    let Some(built) = build("kubernetes") else { return };
    let text = std::fs::read_to_string(workspace().join("envoy/chain.yaml")).unwrap();
    let clusters = documents(&text)[0]["static_resources"]["clusters"].to_string();
    let services = all::<Service>(&built, "Service");
    let service = services
        .iter()
        .find(|service| service.metadata.name.as_deref() == Some("functions"));
    let port = service.unwrap().spec.as_ref().unwrap().ports.as_ref().unwrap()[0].port;
    assert!(
        clusters.contains(&format!(r#""address":"functions","port_value":{port}"#)),
        "{clusters}"
    );
}
