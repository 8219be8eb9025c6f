//! `schemas/` is what the filters read their configurations by, and takes what they take. `EDGE_BLESS=1` writes it anew.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use edge_filters::{
    FilterKind, cases,
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
    for (name, schema) in filters.into_iter().chain([("cases", cases::schema())]) {
        jsonschema::meta::validate(&schema).unwrap();
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

/// The files below `folder` whose path says that they hold cases.
fn files_of_cases(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_of_cases(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml")
            && path.components().any(|part| part.as_os_str() == "cases")
        {
            found.push(path);
        }
    }
}

/// Editors that know the YAML language server find the schema by the first line of each file of cases, and the files are
/// what the schema says.
#[test]
fn files_of_cases_name_theirs() {
    let validator = jsonschema::draft202012::new(&cases::schema()).unwrap();
    let mut files = Vec::new();
    files_of_cases(&root().join("crates"), &mut files);
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
