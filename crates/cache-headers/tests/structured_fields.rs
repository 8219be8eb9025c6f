//! The Structured Fields that this filter reads and writes, against the HTTP working group's vectors.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use serde_json::Value;
use sfv::{BareItem, Dictionary, FieldType, Item, Key, List, ListEntry, Parser, Token};
use std::{fs, path::Path};

fn vectors(folder: &Path) -> Vec<Value> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .flat_map(|file| serde_json::from_str::<Vec<Value>>(&fs::read_to_string(file).unwrap()).unwrap())
        .collect()
}

/// Parses and serialises again; `None` where parsing fails.
fn canonical(kind: &str, input: &str) -> Option<String> {
    match kind {
        "dictionary" => Parser::new(input)
            .parse::<Dictionary>()
            .ok()
            .map(|field| field.serialize().unwrap_or_default()),
        "list" => Parser::new(input)
            .parse::<List>()
            .ok()
            .map(|field| field.serialize().unwrap_or_default()),
        "item" => Parser::new(input)
            .parse::<Item>()
            .ok()
            .map(|field| field.serialize()),
        other => panic!("{other}"),
    }
}

#[test]
fn every_parse_vector() {
    let Some(folder) = http_filter_test::vectors("structured-field-tests") else {
        return;
    };
    let cases = vectors(&folder);
    assert!(cases.len() > 1500, "only {} cases", cases.len());
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let lines: Vec<&str> = case["raw"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect();
        let found = canonical(case["header_type"].as_str().unwrap(), &lines.join(", "));
        let must_fail = case["must_fail"].as_bool() == Some(true);
        let can_fail = case["can_fail"].as_bool() == Some(true);
        assert!(!must_fail || found.is_none(), "{name}: accepted as {found:?}");
        assert!(must_fail || can_fail || found.is_some(), "{name}: refused");
        let expected = case["canonical"]
            .as_array()
            .unwrap_or_else(|| case["raw"].as_array().unwrap());
        let expected: Vec<&str> = expected.iter().map(|line| line.as_str().unwrap()).collect();
        if let Some(found) = found {
            assert_eq!(found, expected.join(", "), "{name}");
        }
    }
}

#[test]
fn every_serialisation_vector_that_can_be_said() {
    let Some(folder) = http_filter_test::vectors("structured-field-tests") else {
        return;
    };
    let (mut said, mut unsayable) = (0, 0);
    for case in vectors(&folder.join("serialisation-tests")) {
        let name = case["name"].as_str().unwrap();
        let must_fail = case["must_fail"].as_bool() == Some(true);
        match serialised(&case["header_type"], &case["expected"]) {
            // What the types can't hold can't be written: the failure asked for.
            None => {
                assert!(must_fail, "{name}");
                unsayable += 1;
            }
            Some(found) => {
                assert!(!must_fail, "{name}: {found}");
                assert_eq!(found, case["canonical"][0].as_str().unwrap(), "{name}");
                said += 1;
            }
        }
    }
    assert!(
        said > 0 && said + unsayable > 540,
        "{said} said, {unsayable} unsayable"
    );
}

fn serialised(kind: &Value, expected: &Value) -> Option<String> {
    match kind.as_str().unwrap() {
        "item" => Some(item(expected)?.serialize()),
        "list" => {
            let items: Option<Vec<_>> = expected
                .as_array()?
                .iter()
                .map(|entry| item(entry).map(ListEntry::Item))
                .collect();
            items?.into_iter().collect::<List>().serialize()
        }
        "dictionary" => {
            let mut dictionary = Dictionary::new();
            for entry in expected.as_array()? {
                let key = Key::from_string(entry[0].as_str()?.to_owned()).ok()?;
                dictionary.insert(key, ListEntry::Item(item(&entry[1])?));
            }
            dictionary.serialize()
        }
        other => panic!("{other}"),
    }
}

fn item(value: &Value) -> Option<Item> {
    let mut item = Item::new(bare(&value[0])?);
    for parameter in value[1].as_array()? {
        let key = Key::from_string(parameter[0].as_str()?.to_owned()).ok()?;
        item.params.insert(key, bare(&parameter[1])?);
    }
    Some(item)
}

fn bare(value: &Value) -> Option<BareItem> {
    Some(match value {
        Value::Bool(flag) => BareItem::Boolean(*flag),
        Value::Number(number) if number.is_i64() => sfv::Integer::try_from(number.as_i64()?).ok()?.into(),
        Value::Number(number) => sfv::Decimal::try_from(number.as_f64()?).ok()?.into(),
        Value::String(text) => sfv::String::from_string(text.clone()).ok()?.into(),
        Value::Object(members) if members["__type"] == "token" => {
            Token::from_string(members["value"].as_str()?.to_owned())
                .ok()?
                .into()
        }
        other => panic!("{other}"),
    })
}
