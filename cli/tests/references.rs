//! The tables of fields in the filters' READMEs, held against what the filters read, in both directions.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use edge_filters::{
    FilterKind,
    document::{Reader, parse, read},
};
use http_filter::Span;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// The fields that each `| field |` table of a README is about, in the order of the tables: those of what stands there.
fn tables_of(kind: FilterKind) -> &'static [&'static str] {
    match kind {
        FilterKind::JwtAuth => &["", "providers.*", "rules"],
        FilterKind::RateLimit => &["", "policies.*", "policies.*.cost", "global"],
        FilterKind::GeoRouting => &["", "client", "client.database", "rules"],
        FilterKind::CompressionNegotiation => &[""],
        FilterKind::CacheHeaders => &["", "rules", "rules.browser", "requests"],
        FilterKind::EdgeSuite => &[""],
    }
}

/// A row: a field by its path, and what its default is said to be.
struct Row {
    path: String,
    default: Option<String>,
}

fn readme(kind: FilterKind) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../crates")
        .join(kind.name())
        .join("README.md");
    fs::read_to_string(file).unwrap()
}

/// The rows of all tables. Lists are no step of a path, and free names are `*`.
fn rows(kind: FilterKind, readme: &str) -> Vec<Row> {
    let mut bases = tables_of(kind).iter();
    let (mut found, mut table) = (Vec::new(), None);
    for line in readme.lines() {
        // A bar in a cell is escaped.
        let line = line.replace("\\|", "/");
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        if cells.len() < 3 {
            table = None;
        } else if matches!(cells[1], "field" | "section") {
            let base = bases
                .next()
                .unwrap_or_else(|| panic!("{}: another table: {line}", kind.name()));
            table = Some((base, cells.iter().position(|cell| *cell == "default")));
        } else if let Some((base, default)) = table.filter(|_| !cells[1].starts_with('-')) {
            let names = codes(cells[1]);
            let cell = default.map(|column| cells[column]);
            let each: Vec<_> = cell.into_iter().flat_map(|cell| cell.split(", ")).collect();
            let parent = names[0].rsplit_once('.').map_or("", |(parent, _)| parent);
            for (number, name) in names.iter().enumerate() {
                // `.b` behind `a.x` is `a.b`.
                let name = if name.starts_with('.') {
                    [parent, name].concat()
                } else {
                    (*name).to_owned()
                };
                let path = [*base, &name]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(".");
                let default = if each.len() == names.len() {
                    Some(each[number])
                } else {
                    cell
                };
                let path = path
                    .replace("[]", "")
                    .split('.')
                    .map(|step| if step.starts_with('<') { "*" } else { step })
                    .collect::<Vec<_>>()
                    .join(".");
                found.push(Row {
                    path,
                    default: default.map(str::to_owned),
                });
            }
        }
    }
    assert!(bases.next().is_none(), "{}: a table is missing", kind.name());
    found
}

/// What stands in backticks.
fn codes(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The objects that a schema allows: behind references, as one of several, as items of a list.
fn objects<'a>(root: &'a Value, schema: &'a Value, found: &mut Vec<&'a Value>) {
    if let Some(path) = schema["$ref"].as_str() {
        let target = root.pointer(path.trim_start_matches('#')).unwrap();
        if !found.iter().any(|known| std::ptr::eq(*known, target)) {
            objects(root, target, found);
        }
    }
    schema["anyOf"]
        .as_array()
        .into_iter()
        .flatten()
        .for_each(|one| objects(root, one, found));
    if schema["items"].is_object() {
        objects(root, &schema["items"], found);
    }
    if (schema["properties"].is_object() || schema["additionalProperties"].is_object())
        && !found.iter().any(|known| std::ptr::eq(*known, schema))
    {
        found.push(schema);
    }
}

/// The schemas of the field at `path`, each with the object that it is a member of.
fn at<'a>(root: &'a Value, path: &str) -> Vec<(&'a Value, &'a Value)> {
    let steps: Vec<_> = path.split('.').filter(|step| !step.is_empty()).collect();
    let mut here = vec![(root, root)];
    for (number, step) in steps.iter().enumerate() {
        let mut all = Vec::new();
        here.iter()
            .for_each(|(schema, _)| objects(root, schema, &mut all));
        let member = |object: &'a Value| -> Vec<(&'a Value, &'a Value)> {
            let named = &object["properties"][*step];
            let free = &object["additionalProperties"];
            if named.is_object() {
                vec![(named, object)]
            } else if *step == "*" && free.is_object() {
                vec![(free, object)]
            } else if *step == "*" {
                // Any of those that have the next one.
                let next = steps.get(number + 1).copied().unwrap_or_default();
                let members = object["properties"]
                    .as_object()
                    .into_iter()
                    .flat_map(|members| members.values());
                members
                    .filter(|member| children(root, &[(member, object)]).contains(next))
                    .map(|member| (member, object))
                    .collect()
            } else {
                Vec::new()
            }
        };
        here = all.into_iter().flat_map(member).collect();
    }
    here
}

/// The names of the fields of objects.
fn children(root: &Value, schemas: &[(&Value, &Value)]) -> BTreeSet<String> {
    let mut all = Vec::new();
    schemas
        .iter()
        .for_each(|(schema, _)| objects(root, schema, &mut all));
    let members = all.iter().filter_map(|object| object["properties"].as_object());
    members.flat_map(|members| members.keys().cloned()).collect()
}

#[test]
fn every_field_that_a_reference_lists_exists() {
    for kind in FilterKind::ALL {
        let schema = kind.schema();
        let rows = rows(kind, &readme(kind));
        assert!(rows.len() >= 5, "{}: {} fields", kind.name(), rows.len());
        let unknown: Vec<_> = rows
            .iter()
            .filter(|row| at(&schema, &row.path).is_empty())
            .map(|row| &row.path)
            .collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", kind.name());
    }
}

/// Where a table lists some fields of an object, it lists all of them.
#[test]
fn every_field_that_exists_is_listed() {
    let mut missing = BTreeSet::new();
    for kind in FilterKind::ALL {
        let schema = kind.schema();
        let rows = rows(kind, &readme(kind));
        let listed: BTreeSet<_> = rows.iter().map(|row| row.path.as_str()).collect();
        let parents = listed
            .iter()
            .map(|path| path.rsplit_once('.').map_or("", |(parent, _)| parent));
        for parent in parents.collect::<BTreeSet<_>>() {
            for name in children(&schema, &at(&schema, parent)) {
                let path = [parent, &name]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(".");
                let below = format!("{path}.");
                if !listed
                    .iter()
                    .any(|known| *known == path || known.starts_with(&below))
                {
                    missing.insert(format!("{}: {path}", kind.name()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// What no table lists is at least spoken of.
#[test]
fn every_field_is_mentioned() {
    for kind in FilterKind::SINGLE {
        let schema = kind.schema();
        let readme = readme(kind);
        let words: BTreeSet<_> = readme
            .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .collect();
        let objects = schema["$defs"].as_object().unwrap().values().chain([&schema]);
        let names = objects
            .filter_map(|object| object["properties"].as_object())
            .flat_map(|members| members.keys());
        let missing: BTreeSet<_> = names.filter(|name| !words.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", kind.name());
    }
}

#[test]
fn defaults_are_what_references_say() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for kind in FilterKind::ALL {
        let root = kind.schema();
        for Row { path, default } in rows(kind, &readme(kind)) {
            let Some(cell) = default else { continue };
            for (schema, object) in at(&root, &path) {
                let name = path.rsplit('.').next().unwrap();
                let required = object["required"]
                    .as_array()
                    .is_some_and(|names| names.iter().any(|known| known == name));
                let stated = match codes(&cell).as_slice() {
                    [code] if cell.len() == code.len() + 2 => Some(*code),
                    _ => None,
                };
                let preset = schema.get("default").filter(|preset| !is_nothing(preset));
                let good = match (required, preset, stated) {
                    (true, _, _) => cell.trim_matches('*') == "required",
                    (false, _, _) if cell.trim_matches('*') == "required" => false,
                    (false, Some(preset), Some(stated)) => {
                        compared += 1;
                        is_written(preset, stated)
                    }
                    (false, Some(_), None) => false,
                    // What stands for none is another field's, or nothing that has a value.
                    (false, None, _) => true,
                };
                if !good {
                    wrong.push(format!(
                        "{}: {path}: {cell}, and is {preset:?}, required {required}",
                        kind.name()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 60, "{compared} defaults");
}

/// Defaults that need no words.
fn is_nothing(preset: &Value) -> bool {
    match preset {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn is_written(preset: &Value, stated: &str) -> bool {
    let parsed = parse(stated).unwrap();
    let value = read(parsed.documents.first().unwrap(), Reader::Exact, &mut Vec::new());
    // A list of one may go without brackets, and a time has several names.
    let is_span = |text: &str| text.parse::<Span>().ok();
    *preset == value
        || preset
            .as_array()
            .is_some_and(|items| items.as_slice() == [value.clone()])
        || preset
            .as_str()
            .and_then(is_span)
            .is_some_and(|span| is_span(stated) == Some(span))
        || preset.as_u64().is_some_and(|number| stated.parse() == Ok(number))
}
