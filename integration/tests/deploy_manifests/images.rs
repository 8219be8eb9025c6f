//! How modules and functions get into the pods.

use super::kustomize::build;
use super::pods::{all, forms, name, pod};
use integration::module::{FILTERS, workspace};
use k8s_openapi::api::{apps::v1::Deployment, node::v1::RuntimeClass};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// The Deployment of Envoy with image volumes.
fn edge(built: &[Value]) -> Deployment {
    let mut deployments = all::<Deployment>(built, "Deployment").into_iter();
    deployments.find(|deployment| name(deployment) == "edge").unwrap()
}

/// What the chain loads from `dist/` is what the images' files are copied to.
#[test]
fn image_volumes_bring_every_module() {
    let Some(built) = build("kubernetes/image-volume") else {
        return;
    };
    let edge = edge(&built);
    let images = pod(&edge).volumes.iter().flatten().filter_map(|volume| {
        let reference = volume.image.as_ref()?.reference.clone()?;
        Some((volume.name.clone(), reference))
    });
    let version = env!("CARGO_PKG_VERSION");
    let expected = FILTERS.map(|filter| {
        let reference = format!("registry.example.com/edge-filters/{filter}:{version}");
        (filter.to_owned(), reference)
    });
    assert_eq!(images.collect::<Vec<_>>(), expected);
    let copy = pod(&edge).init_containers.as_ref().unwrap()[0].clone();
    for mount in copy
        .volume_mounts
        .iter()
        .flatten()
        .filter(|mount| mount.name != "modules")
    {
        assert_eq!(mount.mount_path, format!("/images/{}", mount.name));
    }
}

/// The copying itself, with the shell that the image has.
#[test]
fn image_volumes_are_copied_under_the_names_of_the_chain() {
    let Some(built) = build("kubernetes/image-volume") else {
        return;
    };
    let edge = edge(&built);
    let command = pod(&edge).init_containers.as_ref().unwrap()[0]
        .command
        .clone()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().display();
    fs::create_dir(folder.path().join("modules")).unwrap();
    for filter in FILTERS {
        let image = folder.path().join("images").join(filter);
        fs::create_dir_all(&image).unwrap();
        fs::write(image.join("plugin.wasm"), filter).unwrap();
    }
    let script = command[2].replace("/images/", &format!("{inside}/images/"));
    let script = script.replace("\"/modules/", &format!("\"{inside}/modules/"));
    let status = Command::new(&command[0])
        .args([&command[1], &script])
        .status()
        .unwrap();
    assert!(status.success());
    for filter in FILTERS {
        let copied = folder.path().join("modules").join(filter).with_extension("wasm");
        assert_eq!(fs::read_to_string(copied).unwrap(), filter);
    }
}

#[test]
fn runtime_classes_are_the_ones_that_the_functions_ask_for() {
    let recipe = fs::read_to_string(workspace().join("deploy/kubernetes/runtime-class/Dockerfile")).unwrap();
    for (form, built) in forms() {
        let Some((_, runtime)) = form.split_once("/runtime-class/") else {
            continue;
        };
        let classes: Vec<RuntimeClass> = all(built, "RuntimeClass");
        assert_eq!(classes.len(), 1, "{form}");
        assert_eq!(classes[0].metadata.name.as_deref(), Some(runtime));
        assert_eq!(classes[0].handler, runtime);
        let deployments: Vec<Deployment> = all(built, "Deployment");
        for deployment in &deployments {
            let is_function = name(deployment) == "functions";
            let class = pod(deployment).runtime_class_name.as_deref();
            assert_eq!(
                class,
                is_function.then_some(runtime),
                "{form}: {}",
                name(deployment)
            );
            let image = pod(deployment).containers[0].image.as_deref().unwrap();
            assert_eq!(
                image.contains(&format!("functions-shim-{runtime}:")),
                is_function,
                "{form}: {image}"
            );
        }
        assert!(
            recipe.contains(&format!("FROM scratch AS {runtime}\n")),
            "{form}: no image"
        );
    }
}
