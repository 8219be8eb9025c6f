//! Describing documents: JSON Schema, draft 2020-12.

use serde_json::{Map, Value, json};
use std::any::type_name;

/// Something whose JSON can be described.
pub trait Describe {
    /// Its schema.
    fn describe(schemas: &mut Schemas) -> Value;

    /// How it is written; where it is some field's default.
    fn written(&self) -> Option<Value> {
        None
    }
}

/// The schema of a document, under a title.
pub fn schema_of<T: Describe>(title: &str) -> Value {
    let mut schemas = Schemas::default();
    let mut root = T::describe(&mut schemas);
    // A struct is described under `$defs`, but nobody refers to the whole document.
    let name = root
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.strip_prefix(DEFINITIONS));
    if let Some(described) = name.and_then(|name| schemas.definitions.remove(name)) {
        root = described;
    }
    let mut schema = Map::new();
    schema.insert(
        "$schema".into(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    schema.insert("$id".into(), schema_id(title).into());
    schema.insert("title".into(), title.into());
    if let Value::Object(members) = root {
        schema.extend(members);
    }
    if !schemas.definitions.is_empty() {
        schema.insert("$defs".into(), Value::Object(schemas.definitions));
    }
    Value::Object(schema)
}

/// The identifier (`$id`) of the schema with this title: a name that stays, wherever the file is had from (RFC 8141).
pub fn schema_id(title: &str) -> String {
    format!("urn:edge:schema:{title}")
}

/// The schemas of structs, each of which stands once under `$defs`.
#[derive(Debug, Default)]
pub struct Schemas {
    definitions: Map<String, Value>,
    /// The names of types that are there, or on their way: a struct may contain itself.
    types: Vec<(&'static str, String)>,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Property {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its comment, by lines.
    pub about: &'static [&'static str],
    /// Its type's schema.
    pub schema: Value,
    /// Its default, where that can be written.
    pub preset: Option<Value>,
    /// What is expected where it isn't there, if it must be.
    pub required: &'static [&'static str],
    /// What stands for none, as JSON.
    pub stated: &'static [&'static str],
    /// Values, as JSON.
    pub examples: &'static [&'static str],
}

impl Schemas {
    /// The reference to a struct's schema.
    pub fn object<T>(
        &mut self,
        about: &[&str],
        describe: impl FnOnce(&mut Self, &mut Vec<Property>),
    ) -> Value {
        let known = self.types.iter().find(|(known, _)| *known == type_name::<T>());
        if let Some((_, name)) = known {
            return reference(name);
        }
        let own = type_name::<T>().rsplit("::").next().unwrap_or_default();
        let short = own
            .strip_suffix("Document")
            .filter(|short| !short.is_empty())
            .unwrap_or(own);
        let taken = |candidate: &str| self.types.iter().any(|(_, name)| name == candidate);
        // Two crates may call a struct the same.
        let numbered = (2..=u32::MAX).map(|number| format!("{own}{number}"));
        let name = [short.to_owned(), own.to_owned()]
            .into_iter()
            .chain(numbered)
            .find(|candidate| !taken(candidate))
            .unwrap_or_default();
        self.types.push((type_name::<T>(), name.clone()));
        let mut properties = Vec::new();
        describe(self, &mut properties);
        let required: Vec<&str> = properties
            .iter()
            .filter(|property| !property.required.is_empty())
            .map(|property| property.name)
            .collect();
        let mut schema =
            json!({"type": "object", "description": prose(about), "additionalProperties": false});
        if let Value::Object(members) = &mut schema {
            if !required.is_empty() {
                members.insert("required".into(), json!(required));
            }
            let described = properties
                .into_iter()
                .map(|property| (property.name.to_owned(), property.describe()));
            members.insert("properties".into(), Value::Object(described.collect()));
        }
        self.definitions.insert(name.clone(), schema);
        reference(&name)
    }
}

impl Property {
    fn describe(self) -> Value {
        let mut schema = Map::new();
        if let Value::Object(members) = self.schema {
            schema.extend(members);
        }
        schema.insert("description".into(), prose(self.about).into());
        let stated = self.stated.first().map(|text| value(text));
        if let Some(preset) = stated.or(self.preset).filter(|_| self.required.is_empty()) {
            schema.insert("default".into(), preset);
        }
        if !self.examples.is_empty() {
            let examples: Vec<Value> = self.examples.iter().map(|text| value(text)).collect();
            schema.insert("examples".into(), examples.into());
        }
        Value::Object(schema)
    }
}

/// The schema of integers from `least` to `most`.
pub(super) fn integer(least: u64, most: u64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

/// The schema of one of several words, each with its comment.
#[doc(hidden)]
pub fn words(words: &[(&str, &[&str])]) -> Value {
    let (names, abouts): (Vec<&str>, Vec<String>) =
        words.iter().map(|(word, about)| (*word, prose(about))).unzip();
    // Editors show the second one; to validators it's an annotation.
    json!({"type": "string", "enum": names, "enumDescriptions": abouts})
}

fn reference(name: &str) -> Value {
    let path = [DEFINITIONS, name].concat();
    json!({"$ref": path})
}

/// JSON, or else a text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// The lines of a comment, without code, as a text; links to Rust items are their names.
fn prose(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines
        .iter()
        .copied()
        .take_while(|line| !line.contains("```"))
        .collect();
    let mut text = lines.concat().trim().to_owned();
    while let Some((before, rest)) = text.split_once("[`") {
        let Some((name, after)) = rest.split_once("`]") else {
            break;
        };
        let after = match after.strip_prefix('(').and_then(|link| link.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
        text = [before, "`", name, "`", after].concat();
    }
    text
}

const DEFINITIONS: &str = "#/$defs/";
