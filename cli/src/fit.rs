//! How well a document fits a configuration's JSON Schema: which of its names the schema knows, in which places.

use serde_json::Value;

/// How many names of a document a schema knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fit {
    known: usize,
    unknown: usize,
    /// Of those, the names of the document itself.
    known_first: usize,
    first: usize,
}

impl Fit {
    /// Holds a document against a schema.
    pub(crate) fn of(schema: &Value, document: &Value) -> Self {
        let mut fit = Self::default();
        let Some(members) = document.as_object() else {
            return fit;
        };
        fit.first = members.len();
        for (name, member) in members {
            if let Some(property) = schema
                .get("properties")
                .and_then(|properties| properties.get(name))
            {
                let mut inner = Self::default();
                let alternatives = alternatives(schema, property);
                inner.take(schema, &alternatives, member);
                let is_of_its_form = alternatives
                    .iter()
                    .any(|alternative| has_form(alternative, member));
                fit.known_first += usize::from(is_of_its_form);
                fit.known += 1 + inner.known;
                fit.unknown += inner.unknown;
            } else {
                fit.unknown += weight(member);
            }
        }
        fit
    }

    /// Whether most of the document's own names are the schema's.
    pub(crate) const fn is_likely(self) -> bool {
        self.known_first * 2 > self.first
    }

    /// The names that are known, less those that aren't.
    pub(crate) fn balance(self) -> i64 {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        count(self.known) - count(self.unknown)
    }

    fn take(&mut self, root: &Value, schemas: &[&Value], value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let named: Vec<&Value> = schemas
                        .iter()
                        .filter_map(|schema| schema.get("properties")?.get(name))
                        .flat_map(|property| alternatives(root, property))
                        .collect();
                    let any: Vec<&Value> = schemas
                        .iter()
                        .filter_map(|schema| {
                            schema
                                .get("additionalProperties")
                                .filter(|schema| schema.is_object())
                        })
                        .flat_map(|property| alternatives(root, property))
                        .collect();
                    match (named.as_slice(), any.as_slice()) {
                        ([], []) => self.unknown += weight(member),
                        // The name is the user's.
                        ([], any) => self.take(root, any, member),
                        (named, _) => {
                            self.known += 1;
                            self.take(root, named, member);
                        }
                    }
                }
            }
            Value::Array(items) => {
                let of_items: Vec<&Value> = schemas
                    .iter()
                    .filter_map(|schema| schema.get("items"))
                    .flat_map(|schema| alternatives(root, schema))
                    .collect();
                for item in items {
                    match of_items.as_slice() {
                        [] => self.unknown += weight(item),
                        of_items => self.take(root, of_items, item),
                    }
                }
            }
            _ => {}
        }
    }
}

/// A schema, or those that it is one of.
fn alternatives<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let mut found = Vec::new();
    let mut waiting = vec![schema];
    while let Some(schema) = waiting.pop().filter(|_| found.len() < MOST_ALTERNATIVES) {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(named) = reference.and_then(|reference| reference.strip_prefix("#/$defs/")) {
            waiting.extend(root.get("$defs").and_then(|definitions| definitions.get(named)));
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            waiting.extend(schema.get(word).and_then(Value::as_array).into_iter().flatten());
        }
        found.push(schema);
    }
    found
}

/// Whether a value is an object, a list or a single value where the schema wants such a one.
fn has_form(schema: &Value, value: &Value) -> bool {
    let names = |form: &str| {
        schema.get("type").is_some_and(|kind| match kind {
            Value::Array(kinds) => kinds.iter().any(|kind| kind == form),
            kind => kind == form,
        })
    };
    match value {
        Value::Object(_) => names("object"),
        Value::Array(_) => names("array"),
        _ => true,
    }
}

/// How many names and values a part of a document has.
fn weight(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(weight).sum(),
        Value::Array(items) => items.iter().map(weight).sum(),
        _ => 0,
    }
}

/// A schema that refers to itself ends somewhere.
const MOST_ALTERNATIVES: usize = 64;
