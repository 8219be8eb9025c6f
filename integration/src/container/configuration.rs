//! Moves a configuration written for a process on this machine into a container.

use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf};

/// The configuration as Envoy gets it in the container, and what belongs to it there.
pub(super) struct InContainer {
    pub(super) configuration: Value,
    /// Each listener's name and port in the container, in order.
    pub(super) listeners: Vec<(String, u16)>,
    /// The files that the configuration names, and where they are in the container.
    pub(super) files: BTreeMap<PathBuf, String>,
}

/// The name under which a container finds this machine.
pub(super) const HOST: &str = "host.docker.internal";
pub(super) const ADMIN_PORT: u16 = 9901;
const FIRST_PORT: u16 = 10000;

impl From<&Value> for InContainer {
    fn from(configuration: &Value) -> Self {
        let mut moved = Self {
            configuration: configuration.clone(),
            listeners: Vec::new(),
            files: BTreeMap::new(),
        };
        moved.configuration["admin"] = json!({"address": everywhere(ADMIN_PORT)});
        let resources = &mut moved.configuration["static_resources"];
        for (listener, port) in resources["listeners"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(FIRST_PORT..)
        {
            listener["address"] = everywhere(port);
            moved
                .listeners
                .push((listener["name"].as_str().unwrap_or_default().to_owned(), port));
        }
        for cluster in resources["clusters"].as_array_mut().into_iter().flatten() {
            call_the_host(cluster);
        }
        take_files(&mut moved.configuration, &mut moved.files);
        moved
    }
}

impl InContainer {
    /// The ports that Envoy listens on in the container.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        let listeners = self.listeners.iter().map(|(_, port)| *port);
        listeners.chain([ADMIN_PORT])
    }
}

fn everywhere(port: u16) -> Value {
    json!({"socket_address": {"address": "0.0.0.0", "port_value": port}})
}

/// A cluster whose endpoints are on this machine calls it by the name that it has in the container.
fn call_the_host(cluster: &mut Value) {
    let mut is_here = false;
    each_object(cluster, &mut |key, value| {
        if key == "socket_address" && (value["address"] == "127.0.0.1" || value["address"] == "0.0.0.0") {
            value["address"] = json!(HOST);
            is_here = true;
        }
    });
    if is_here {
        cluster["type"] = json!("STRICT_DNS");
        cluster["dns_lookup_family"] = json!("V4_ONLY");
    }
}

fn take_files(configuration: &mut Value, files: &mut BTreeMap<PathBuf, String>) {
    each_object(configuration, &mut |key, value| {
        if key == "local"
            && let Some(path) = value["filename"].as_str().map(PathBuf::from)
        {
            let inside = format!("/edge/{}", path.file_name().unwrap().to_string_lossy());
            value["filename"] = json!(inside);
            files.insert(path, inside);
        }
    });
}

/// Calls `visit` with every member below `value`, its key first.
fn each_object(value: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                visit(key, value);
                each_object(value, visit);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, visit)),
        _ => {}
    }
}
