use serde_json::{Map, Value};
use std::sync::LazyLock;

/// What the messages of one reader may hold.
pub struct Table {
    /// Whose they are, in words.
    pub reader: &'static str,
    /// Whether a field that isn't there is judged as an empty one, as protoc-gen-validate does.
    pub judges_absent: bool,
    document: Value,
}

impl Table {
    /// The messages of Envoy 1.40: the bootstrap, and the extensions that stand around the filters. Written by
    /// `integration/tests/envoy_messages.rs` from the program itself.
    pub fn envoy() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
            reader: "Envoy 1.40",
            judges_absent: true,
            document: serde_json::from_str(include_str!("envoy.json")).unwrap_or_default(),
        });
        &TABLE
    }

    /// The custom resources that load filters: Istio 1.30, Envoy Gateway 1.9, Higress. A kind is named with its group
    /// before it, `extensions.istio.io/WasmPlugin`.
    pub fn manifests() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
            reader: "its custom resource definition",
            judges_absent: false,
            document: serde_json::from_str(include_str!("manifests.json")).unwrap_or_default(),
        });
        &TABLE
    }

    /// Whether there is a message of this name.
    pub fn knows(&self, message: &str) -> bool {
        self.message(message).is_some()
    }

    /// The names of all messages.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let messages = self.document.get("messages").and_then(Value::as_object);
        messages.into_iter().flat_map(Map::keys).map(String::as_str)
    }

    /// The fields of a message, by name.
    pub fn fields(&self, message: &str) -> Option<&Map<String, Value>> {
        self.message(message)?.get("fields")?.as_object()
    }

    /// The groups of fields of which at most one may be set, each with whether one must be.
    pub fn alternatives(&self, message: &str) -> Vec<(Vec<&str>, bool)> {
        let groups = self.message(message).and_then(|message| message.get("one_of"));
        let groups = groups
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        groups
            .iter()
            .map(|group| {
                let fields = group.get("fields").and_then(Value::as_array);
                let fields = fields.into_iter().flatten().filter_map(Value::as_str);
                (fields.collect(), group.get("required").is_some())
            })
            .collect()
    }

    /// The names of an enumeration's values.
    pub fn values(&self, enumeration: &str) -> Option<Vec<&str>> {
        let values = self.document.get("enumerations")?.get(enumeration)?.as_array()?;
        Some(values.iter().filter_map(Value::as_str).collect())
    }

    fn message(&self, name: &str) -> Option<&Value> {
        self.document.get("messages")?.get(name)
    }
}

/// The type of a field, and how many of it there may be.
pub(super) fn type_of(field: &Value) -> (Many, &str) {
    let name = match field {
        Value::String(name) => name,
        bounded => bounded.get("type").and_then(Value::as_str).unwrap_or_default(),
    };
    match (name.strip_prefix("[]"), name.strip_prefix("{}")) {
        (Some(item), _) => (Many::List, item),
        (_, Some(value)) => (Many::Map, value),
        _ => (Many::One, name),
    }
}

/// How many values a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Many {
    One,
    List,
    Map,
}

#[cfg(test)]
mod tests {
    use super::{Table, type_of};

    #[test]
    fn every_message_and_enumeration_that_is_named_is_there() {
        for table in [Table::envoy(), Table::manifests()] {
            let names: Vec<&str> = table.names().collect();
            assert!(names.len() > 20, "{}", table.reader);
            for name in names {
                for (field, value) in table.fields(name).into_iter().flatten() {
                    let (_, of) = type_of(value);
                    let is_simple = of.starts_with("google.protobuf.") || !of.contains(['.', '/']);
                    let is_known = is_simple || table.knows(of) || table.values(of).is_some();
                    assert!(is_known, "{name}.{field}: {of}");
                }
            }
        }
    }
}
