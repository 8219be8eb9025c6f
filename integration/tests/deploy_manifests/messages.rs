//! What `check` knows of the manifests that load filters is what their definitions say. `EDGE_BLESS=1` writes the table anew.

use super::schema;
use integration::module::workspace;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, env, fs};

/// The manifests that load filters.
const KINDS: [(&str, &str, &str); 4] = [
    ("extensions.higress.io", "v1alpha1", "WasmPlugin"),
    ("extensions.istio.io", "v1alpha1", "TrafficExtension"),
    ("extensions.istio.io", "v1alpha1", "WasmPlugin"),
    ("gateway.envoyproxy.io", "v1alpha1", "EnvoyExtensionPolicy"),
];

/// Fields that no filter of ours stands in: whatever they hold.
const ELSEWHERE: [&str; 2] = [
    "gateway.envoyproxy.io/EnvoyExtensionPolicy.spec.extProc",
    "gateway.envoyproxy.io/EnvoyExtensionPolicy.spec.lua",
];

/// The bounds of a field that `check` judges by.
const BOUNDS: [(&str, &str); 5] = [
    ("minLength", "min_len"),
    ("minItems", "min_items"),
    ("maxItems", "max_items"),
    ("minimum", "gte"),
    ("maximum", "lte"),
];

#[derive(Default)]
struct Definitions {
    messages: BTreeMap<String, Value>,
    enumerations: BTreeMap<String, Value>,
}

impl Definitions {
    /// An object with fields.
    fn message(&mut self, schema: &Value, name: &str) {
        let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
        let mut fields = Map::new();
        for (field, schema) in schema["properties"].as_object().unwrap() {
            let is_required = required.iter().any(|name| *name == field);
            let field_of = self.field(schema, &format!("{name}.{field}"), is_required);
            fields.insert(field.clone(), field_of);
        }
        self.messages.insert(name.to_owned(), json!({"fields": fields}));
    }

    fn field(&mut self, schema: &Value, name: &str, is_required: bool) -> Value {
        let kind = self.kind(schema, name);
        let mut bounded = Map::new();
        if is_required {
            bounded.insert("required".to_owned(), true.into());
        }
        for (bound, ours) in BOUNDS {
            if let Some(value) = schema.get(bound).filter(|_| kind != ANYTHING) {
                bounded.insert(ours.to_owned(), value.clone());
            }
        }
        if bounded.is_empty() {
            return kind.into();
        }
        bounded.insert("type".to_owned(), kind.into());
        bounded.into()
    }

    fn kind(&mut self, schema: &Value, name: &str) -> String {
        if ELSEWHERE.contains(&name) {
            return ANYTHING.to_owned();
        }
        // A strict schema lets a field be null besides.
        let kind = match &schema["type"] {
            Value::Array(kinds) if kinds.len() == 2 && kinds.contains(&"null".into()) => &kinds[0],
            kind => kind,
        };
        match kind.as_str() {
            Some("string") if schema["enum"].is_array() => {
                self.enumerations.insert(name.to_owned(), schema["enum"].clone());
                name.to_owned()
            }
            Some("array") => format!("[]{}", self.kind(&schema["items"], name)),
            Some("object") if schema["properties"].is_object() => {
                self.message(schema, name);
                name.to_owned()
            }
            Some("object") if schema["additionalProperties"].is_object() => {
                format!("{{}}{}", self.kind(&schema["additionalProperties"], name))
            }
            Some("string") => "string".to_owned(),
            Some("integer") => "int64".to_owned(),
            Some("boolean") => "bool".to_owned(),
            _ => ANYTHING.to_owned(),
        }
    }
}

const ANYTHING: &str = "google.protobuf.Value";

#[test]
fn the_table_is_what_the_definitions_say() {
    let Some(folder) = http_filter_test::shared("crds/jsonschema-strict") else {
        return;
    };
    let mut known = Definitions::default();
    for (group, version, kind) in KINDS {
        let name = format!("{group}/{kind}");
        let schema = schema::schema(&folder, &format!("{group}/{version}"), kind);
        let spec = format!("{name}.spec");
        known.message(&schema["properties"]["spec"], &spec);
        let around = json!({
            "apiVersion": "string", "kind": "string", "metadata": "google.protobuf.Struct", "status": ANYTHING, "spec": spec,
        });
        known.messages.insert(name, json!({"fields": around}));
    }
    let file = workspace().join("cli/src/messages/manifests.json");
    if env::var_os("EDGE_BLESS").is_some() {
        let lines = |entries: &BTreeMap<String, Value>| {
            let lines: Vec<_> = entries
                .iter()
                .map(|(name, value)| format!("{name:?}:{value}"))
                .collect();
            lines.join(",\n")
        };
        let text = format!(
            "{{\"messages\":{{\n{}\n}},\"enumerations\":{{\n{}\n}}}}\n",
            lines(&known.messages),
            lines(&known.enumerations)
        );
        fs::write(&file, text).unwrap();
    }
    let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    for (part, ours) in [
        ("messages", &known.messages),
        ("enumerations", &known.enumerations),
    ] {
        let kept: BTreeMap<String, Value> = serde_json::from_value(kept[part].clone()).unwrap();
        let differing: Vec<_> = ours
            .iter()
            .filter(|(name, value)| kept.get(*name) != Some(value))
            .map(|(name, _)| name)
            .chain(kept.keys().filter(|name| !ours.contains_key(*name)))
            .collect();
        assert_eq!(differing, Vec::<&String>::new(), "{part}");
    }
}
