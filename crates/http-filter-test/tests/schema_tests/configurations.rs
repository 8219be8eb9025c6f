//! Every configuration of a filter that the project holds: in READMEs, cases, and what is shipped for proxies.

use http_filter_test::yaml_examples;
use serde_json::{Map, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A configuration, and where it stands.
pub(crate) struct Configuration {
    pub(crate) from: String,
    pub(crate) value: Value,
}

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The configurations of the filter `name`.
pub(crate) fn configurations(name: &str) -> Vec<Configuration> {
    let mut all = Vec::new();
    let mut add = |from: String, value: Value| all.push(Configuration { from, value });
    let home = root().join("crates").join(name);
    for yaml in yaml_examples(&read(&home.join("README.md"))) {
        for document in documents(yaml) {
            add("README".to_owned(), document);
        }
    }
    for yaml in yaml_examples(&read(&root().join("README.md"))) {
        if yaml.starts_with(&format!("# {name}\n")) {
            documents(yaml)
                .into_iter()
                .for_each(|document| add("the project's README".to_owned(), document));
        }
    }
    for file in files(&home.join("cases"), &["yaml"]) {
        for document in documents(&read(&file)) {
            configurations_of_cases(&document, &mut |value| add(file.display().to_string(), value));
        }
    }
    for folder in ["envoy", "deploy"] {
        for file in files(&root().join(folder), &["yaml", "md"]) {
            let text = read(&file);
            let parts = match file.extension().is_some_and(|extension| extension == "md") {
                true => yaml_examples(&text),
                false => vec![text.as_str()],
            };
            for document in parts.into_iter().flat_map(documents) {
                embedded(name, &document, &mut |value| {
                    add(file.display().to_string(), value)
                });
            }
        }
    }
    all
}

/// The configurations in a file of cases: the file's, and those of single cases.
fn configurations_of_cases(file: &Value, add: &mut dyn FnMut(Value)) {
    let cases = file.get("cases").and_then(Value::as_array).into_iter().flatten();
    for config in std::iter::once(file)
        .chain(cases)
        .filter_map(|part| part.get("config"))
    {
        if config.is_object() {
            add(config.clone());
        }
    }
}

/// The filter's configurations in a proxy's: beside its name, in a `Struct`; or as an Istio plugin's.
fn embedded(name: &str, value: &Value, add: &mut dyn FnMut(Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| embedded(name, item, add)),
        Value::Object(members) => {
            if is_named(members, name) {
                let configuration = members.get("configuration").and_then(|any| any.get("value"));
                configuration.into_iter().for_each(|value| add(value.clone()));
            }
            if let (Some(spec), Some(Value::Object(metadata))) =
                (members.get("spec"), members.get("metadata"))
                && is_named(metadata, name)
            {
                spec.get("pluginConfig")
                    .into_iter()
                    .for_each(|value| add(value.clone()));
            }
            members.values().for_each(|member| embedded(name, member, add));
        }
        _ => {}
    }
}

fn is_named(members: &Map<String, Value>, name: &str) -> bool {
    members.get("name").and_then(Value::as_str) == Some(name)
}

fn documents(yaml: &str) -> Vec<Value> {
    use serde_json::value::Value as Json;
    serde_yaml_ng::Deserializer::from_str(yaml)
        .map(|document| <Json as serde::Deserialize>::deserialize(document).unwrap())
        .collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The files below a folder with one of these extensions.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path
            .extension()
            .is_some_and(|own| extensions.iter().any(|extension| own == *extension))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
