//! What a claim must be, as it is written.

use http_filter::document::{Node, Read, Refused};
use serde_json::Value;

/// What a claim must be, in one of several forms.
#[derive(Clone, Debug)]
pub struct ClaimCondition(pub Value);

impl Read for ClaimCondition {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        Ok(Self(node.value().clone()))
    }
}

http_filter::describe! {
    impl http_filter::document::Describe for ClaimCondition {
        fn describe(_: &mut http_filter::document::Schemas) -> Value {
            use serde_json::json;
            let scalar = json!({"type": ["string", "number", "boolean"]});
            let values = json!({"type": "array", "minItems": 1});
            json!({"anyOf": [scalar, values, {
                "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                "properties": {
                    "equals": {}, "contains": {"anyOf": [scalar, values]}, "one_of": values,
                    "present": {"type": "boolean"}, "integer": {"type": ["integer", "string"], "pattern": "^-?[0-9]+$"},
                },
            }]})
        }
    }
}
