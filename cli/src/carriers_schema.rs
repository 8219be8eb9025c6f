//! A schema for the documents that filters' configurations stand in: Envoy's, Istio's, Envoy Gateway's, Higress'.
//!
//! It says nothing of those documents themselves, which have schemas of their own; it finds the configurations in them, wherever they stand.

use crate::FilterKind;
use http_filter::document;
use serde_json::{Map, Value, json};

/// The name of the schema.
pub const CARRIERS: &str = "carriers";

const ANYTHING: &str = "#/$defs/Anything";

/// The JSON Schema (draft 2020-12) of a document that carries filters' configurations.
pub fn carriers_schema() -> Value {
    let mut suite = FilterKind::EdgeSuite.schema();
    let mut definitions = match suite.get_mut("$defs").map(Value::take) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    let found: Vec<_> = FilterKind::ALL
        .into_iter()
        .flat_map(|kind| {
            let own = match kind {
                FilterKind::EdgeSuite => json!({"$ref": "#/$defs/EdgeSuite"}),
                single => suite
                    .pointer(&format!("/properties/{}", single.section()))
                    .cloned()
                    .unwrap_or_default(),
            };
            places(kind.name(), &own)
        })
        .collect();
    if let Value::Object(members) = &mut suite {
        members.retain(|name, _| {
            ["type", "properties", "additionalProperties", "description"].contains(&name.as_str())
        });
    }
    definitions.insert("EdgeSuite".to_owned(), suite);
    definitions.insert(
        "Anything".to_owned(),
        json!({
            "description": "Any part of the document; where it is a filter of ours, its configuration is as it should be.",
            "items": {"$ref": ANYTHING},
            "additionalProperties": {"$ref": ANYTHING},
            "allOf": found,
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": document::schema_id(CARRIERS),
        "title": CARRIERS,
        "description": "A document of Envoy, Istio, Envoy Gateway or Higress, as far as edge filters are configured in it.",
        "$ref": ANYTHING,
        "$defs": definitions,
    })
}

/// Where the configuration of filter `name` stands, in each carrier: `own` is its schema.
fn places(name: &str, own: &Value) -> Vec<Value> {
    // The file or image of a module: edge/jwt-auth.wasm, registry/edge/jwt-auth:1.0.0, also a second build's.
    let module = json!({"type": "string", "pattern": format!(r"(^|/){name}(-[a-z-]+)?(\.wasm)?([:@].*)?$")});
    // In a name space of shared data, too: rate-limit@internal.
    let filter_name = json!({"type": "string", "pattern": format!("^{name}(@|$)")});
    let exact = json!({"const": name});
    // What Envoy calls Any: a Struct's fields stand in `value`; a text, which other messages hold, isn't looked at.
    let message = json!({"properties": {"value": {"if": {"type": "object"}, "then": own}}});
    let file = json!({"properties": {"code": {
        "required": ["local"],
        "properties": {"local": {"required": ["filename"], "properties": {"filename": module}}},
    }}, "required": ["code"]});
    let image = |member: &str| json!({"required": [member], "properties": {member: {"required": ["url"], "properties": {"url": module}}}});
    vec![
        // envoy.filters.http.wasm
        json!({
            "if": {"required": ["vm_config"], "anyOf": [
                {"required": ["root_id"], "properties": {"root_id": exact}},
                {"properties": {"vm_config": file}},
            ]},
            "then": {"properties": {"configuration": message}},
        }),
        // envoy.filters.http.dynamic_modules; what a route says is merged into it, so that it needn't be whole.
        json!({
            "if": {
                "required": ["filter_name"],
                "properties": {"filter_name": filter_name},
                "not": {"required": ["@type"], "properties": {"@type": {"pattern": "PerRoute$"}}},
            },
            "then": {"properties": {"filter_config": message}},
        }),
        // Istio's and Higress' WasmPlugin, Istio's TrafficExtension.
        json!({
            "if": {"required": ["url"], "properties": {"url": module}},
            "then": {"properties": {
                "pluginConfig": own,
                "defaultConfig": own,
                "matchRules": {"items": {"properties": {"config": own}}},
            }},
        }),
        // Envoy Gateway's EnvoyExtensionPolicy.
        json!({
            "if": {"required": ["code"], "anyOf": [
                {"required": ["rootID"], "properties": {"rootID": exact}},
                {"properties": {"code": {"anyOf": [image("image"), image("http")]}}},
            ]},
            "then": {"properties": {"config": own}},
        }),
        json!({
            "if": {"required": ["filterName"], "properties": {"filterName": filter_name}},
            "then": {"properties": {"config": own}},
        }),
    ]
}
