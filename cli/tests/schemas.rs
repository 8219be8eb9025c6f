//! `schemas/` is what the filters read their configurations by, and takes what they take. `EDGE_BLESS=1` writes it anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_filters::{
    FilterKind,
    document::{Reader, parse, read},
};
use serde_json::Value;
use std::{fs, path::PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_repository_holds_them() {
    for kind in FilterKind::ALL {
        let schema = kind.schema();
        let file = root().join("schemas").join(kind.name()).with_extension("json");
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
