//! `schemas/` is what the filters read their configurations by, and takes what they take. `EDGE_BLESS=1` writes it anew.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use edge_filters::{
    CARRIERS, FilterKind, carriers_schema, cases,
    document::{Reader, parse, read},
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_repository_holds_them() {
    let filters = FilterKind::ALL.map(|kind| (kind.name(), kind.schema()));
    for (name, schema) in filters
        .into_iter()
        .chain([("cases", cases::schema()), (CARRIERS, carriers_schema())])
    {
        jsonschema::meta::validate(&schema).unwrap();
        assert_eq!(schema["$id"], format!("urn:edge:schema:{name}"));
        let file = root().join("schemas").join(name).with_extension("json");
        let text = format!("{schema:#}\n");
        if std::env::var_os("EDGE_BLESS").is_some() {
            fs::write(&file, &text).unwrap();
        }
        let held = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            held == text,
            "{} is another: EDGE_BLESS=1 writes it anew",
            file.display()
        );
    }
}

/// The YAML files below `folder`.
fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// The configurations in a document of Envoy's or Kubernetes', by where they stand.
fn carried<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| carried(item, found)),
        Value::Object(members) => {
            let of_gateway = members.contains_key("code") || members.contains_key("filterName");
            // What a route says is merged into the filter's configuration, and needn't be whole.
            let of_route = members
                .get("@type")
                .and_then(Value::as_str)
                .is_some_and(|name| name.ends_with("PerRoute"));
            for (name, member) in members {
                match name.as_str() {
                    "pluginConfig" | "defaultConfig" => found.push(member),
                    "config" if of_gateway => found.push(member),
                    "configuration" | "filter_config" if !of_route => found.extend(member.get_mut("value")),
                    _ => carried(member, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn mistakes_are_found_in_what_carries_configurations() {
    let validator = jsonschema::draft202012::new(&carriers_schema()).unwrap();
    let mut files = Vec::new();
    for folder in ["envoy", "deploy"] {
        yaml_files(&root().join(folder), &mut files);
    }
    let mut places = 0;
    for file in files {
        let parsed = parse(&fs::read_to_string(&file).unwrap()).unwrap();
        for document in &parsed.documents {
            let mut value = read(document, Reader::Exact, &mut Vec::new());
            let errors: Vec<_> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", file.display());
            let count = {
                let mut found = Vec::new();
                carried(&mut value, &mut found);
                found.len()
            };
            for place in 0..count {
                let mut mistaken = value.clone();
                let mut found = Vec::new();
                carried(&mut mistaken, &mut found);
                found[place]["no_such_field"] = Value::Null;
                assert!(
                    !validator.is_valid(&mistaken),
                    "{}: configuration {place} takes any field",
                    file.display()
                );
                places += 1;
            }
        }
    }
    assert!(places > 40, "{places} configurations");
}

/// Editors that know the YAML language server find the schema by the first line of each file of cases, and the files are
/// what the schema says.
#[test]
fn files_of_cases_name_theirs() {
    let validator = jsonschema::draft202012::new(&cases::schema()).unwrap();
    let mut files = Vec::new();
    yaml_files(&root().join("crates"), &mut files);
    files.retain(|file| file.components().any(|part| part.as_os_str() == "cases"));
    assert!(files.len() > 30, "{} files", files.len());
    let own = root().join("schemas/cases.json").canonicalize().unwrap();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let named = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let named = named.unwrap_or_else(|| panic!("{} names no schema", file.display()));
        let named = file.parent().unwrap().join(named).canonicalize();
        assert_eq!(named.ok().as_ref(), Some(&own), "{}", file.display());
        let parsed = parse(&text).unwrap();
        let mut value = read(parsed.documents.first().unwrap(), Reader::Exact, &mut Vec::new());
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", file.display());
        value["cases"][0]["expects"] = Value::Null;
        assert!(!validator.is_valid(&value), "{}", file.display());
    }
}

#[test]
fn examples_fit_and_mistakes_do_not() {
    for kind in FilterKind::ALL {
        let schema = kind.schema();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let readme = fs::read_to_string(root().join("crates").join(kind.name()).join("README.md")).unwrap();
        for example in http_filter_test::yaml_examples(&readme) {
            let parsed = parse(example).unwrap();
            let mut value = read(parsed.documents.first().unwrap(), Reader::Exact, &mut Vec::new());
            let errors: Vec<_> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}:\n{example}", kind.name());
            if let Value::Object(members) = &mut value {
                members.insert("no_such_field".to_owned(), Value::Null);
            }
            assert!(!validator.is_valid(&value), "{}: takes any field", kind.name());
        }
    }
}
