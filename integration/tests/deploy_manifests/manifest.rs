//! Reads what is under `deploy/`.

use integration::module::workspace;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A document of a file under `deploy/`.
pub(crate) struct Manifest {
    /// The file, relative to `deploy/`.
    pub(crate) file: String,
    pub(crate) document: Value,
}

/// A filter that a control plane is to load.
pub(crate) struct Plugin {
    /// The file, relative to `deploy/`.
    pub(crate) file: String,
    /// The filter: the name that the plugin has.
    pub(crate) filter: String,
    pub(crate) url: String,
    pub(crate) configuration: Value,
    /// Istio's and Higress' phase and priority; nothing where a list gives the order.
    pub(crate) place: Option<(usize, i64)>,
    pub(crate) fails_open: bool,
}

impl Plugin {
    /// The folder of its file: what is loaded together.
    pub(crate) fn folder(&self) -> &str {
        self.file.rsplit_once('/').unwrap().0
    }

    /// The platform: the first folder.
    pub(crate) fn platform(&self) -> &str {
        self.file.split_once('/').unwrap().0
    }
}

/// The folder of all manifests.
pub(crate) fn root() -> PathBuf {
    workspace().join("deploy")
}

/// The YAML documents in a text.
pub(crate) fn documents(text: &str) -> Vec<Value> {
    serde_yaml_ng::Deserializer::from_str(text)
        .map(|document| <Value as serde::Deserialize>::deserialize(document).unwrap())
        .collect()
}

/// The folders that hold a kustomization, relative to `deploy/`.
pub(crate) fn kustomizations() -> Vec<String> {
    let found: Vec<_> = files(&root())
        .into_iter()
        .filter_map(|file| file.strip_suffix("kustomization.yaml").map(str::to_owned))
        .map(|folder| folder.trim_end_matches('/').to_owned())
        .collect();
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The kustomization in a folder under `deploy/`.
pub(crate) fn kustomization(folder: &str) -> Value {
    let text = fs::read_to_string(root().join(folder).join("kustomization.yaml")).unwrap();
    documents(&text).remove(0)
}

/// The files of the patches of a kustomization.
pub(crate) fn patches(kustomization: &Value) -> Vec<&str> {
    let patches = kustomization["patches"].as_array().into_iter().flatten();
    patches.map(|patch| patch["path"].as_str().unwrap()).collect()
}

/// Every manifest: no kustomizations, and no patches, which are parts of one.
pub(crate) fn all() -> Vec<Manifest> {
    let mut parts = Vec::new();
    for folder in kustomizations() {
        let kustomization = kustomization(&folder);
        parts.extend(
            patches(&kustomization)
                .iter()
                .map(|file| format!("{folder}/{file}")),
        );
    }
    let mut manifests = Vec::new();
    for file in files(&root()) {
        // The chart has its values only.
        if file.ends_with("kustomization.yaml") || file.starts_with("helm/") || parts.contains(&file) {
            continue;
        }
        let text = fs::read_to_string(root().join(&file)).unwrap();
        manifests.extend(documents(&text).into_iter().map(|document| Manifest {
            file: file.clone(),
            document,
        }));
    }
    manifests
}

/// Every filter that a manifest loads.
pub(crate) fn plugins() -> Vec<Plugin> {
    let found: Vec<_> = all().iter().flat_map(plugins_of).collect();
    assert!(found.len() > 20, "{}", found.len());
    found
}

/// The filters that one manifest loads, in its order.
pub(crate) fn plugins_of(manifest: &Manifest) -> Vec<Plugin> {
    let Manifest { file, document } = manifest;
    let spec = &document["spec"];
    let group = document["apiVersion"]
        .as_str()
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    match (group, document["kind"].as_str().unwrap()) {
        ("extensions.istio.io", "WasmPlugin") => vec![placed(file, spec, spec, "pluginConfig")],
        ("extensions.istio.io", "TrafficExtension") => {
            vec![placed(file, spec, &spec["wasm"], "pluginConfig")]
        }
        ("extensions.higress.io", "WasmPlugin") => vec![placed(file, spec, spec, "defaultConfig")],
        ("gateway.envoyproxy.io", "EnvoyExtensionPolicy") => {
            let filters = |list: &str| spec[list].as_array().into_iter().flatten();
            let modules = filters("wasm").map(|filter| listed(file, filter));
            modules
                .chain(filters("dynamicModule").map(|filter| native(file, filter)))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn placed(file: &str, spec: &Value, plugin: &Value, configuration: &str) -> Plugin {
    let phase = spec["phase"].as_str().unwrap_or_default();
    let phases = ["AUTHN", "AUTHZ", "STATS"];
    let phase = phases
        .iter()
        .position(|other| *other == phase)
        .unwrap_or(phases.len());
    Plugin {
        file: file.to_owned(),
        filter: text(&plugin["pluginName"]),
        url: text(&plugin["url"]),
        configuration: plugin[configuration].clone(),
        // Without a priority Istio takes the lowest there is.
        place: Some((phase, spec["priority"].as_i64().unwrap_or(i64::from(i32::MIN)))),
        fails_open: plugin["failStrategy"] == "FAIL_OPEN",
    }
}

fn listed(file: &str, filter: &Value) -> Plugin {
    Plugin {
        file: file.to_owned(),
        filter: text(&filter["rootID"]),
        url: text(&filter["code"]["image"]["url"]),
        configuration: filter["config"].clone(),
        place: None,
        fails_open: filter["failOpen"] == true,
    }
}

/// A filter of the native module, which comes with Envoy's image: by no address.
fn native(file: &str, filter: &Value) -> Plugin {
    Plugin {
        file: file.to_owned(),
        filter: text(&filter["filterName"]),
        url: String::new(),
        configuration: filter["config"].clone(),
        place: None,
        fails_open: false,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The YAML files below a folder, relative to it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|file| format!("{name}/{file}")));
        } else if name.ends_with(".yaml") {
            found.push(name.to_owned());
        }
    }
    found.sort();
    found
}
