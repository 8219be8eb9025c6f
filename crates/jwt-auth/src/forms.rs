//! Fields that may be written in more than one form.

use crate::document::{HeaderDocument, Optional, RequireDocument};
use http_filter::{
    OneOrMany, document,
    document::{Node, Read, Refused, Shorthand},
};
use serde_json::Value;

impl Shorthand for HeaderDocument {
    const EXPECTED: &'static str = "a claim's path, or {claim, format}";
    const SHORT_SCHEMA: &'static str = r#"{"type": "string"}"#;

    fn from_text(path: &str) -> Option<Self> {
        Some(Self {
            claim: OneOrMany(vec![path.to_owned()]),
            ..Self::default()
        })
    }
}

document! {
    /// Several providers; exactly one of these.
    struct SeveralDocument {
        /// What one of these needs.
        any ("any"): Option<Vec<RequireDocument>>,
        /// What all of these need.
        all ("all"): Option<Vec<RequireDocument>>,
    }
}

impl Read for RequireDocument {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        const EXPECTED: &str = "a provider's name, {any: […]} or {all: […]}";
        match node.value() {
            Value::String(name) => Ok(Self::Provider(name.clone())),
            Value::Object(_) => match SeveralDocument::read(node)? {
                SeveralDocument {
                    any: Some(any),
                    all: None,
                } => Ok(Self::Any(any)),
                SeveralDocument {
                    any: None,
                    all: Some(all),
                } => Ok(Self::All(all)),
                _ => Err(node.refuse(EXPECTED)),
            },
            _ => Err(node.refuse(EXPECTED)),
        }
    }
}

impl Read for Optional {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        match node.value() {
            Value::Bool(true) => Ok(Self::Missing),
            Value::Bool(false) => Ok(Self::No),
            Value::String(text) if text == "even_invalid" => Ok(Self::EvenInvalid),
            _ => Err(node.refuse("true, false or \"even_invalid\"")),
        }
    }
}

/// What a claim must be, in one of several forms.
#[derive(Clone, Debug)]
pub struct ClaimCondition(pub Value);

impl Read for ClaimCondition {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        Ok(Self(node.value().clone()))
    }
}

http_filter::describe! {
    mod describe {
        use super::{ClaimCondition, Optional, RequireDocument, SeveralDocument};
        use http_filter::document::{Describe, Schemas};
        use serde_json::{Value, json};

        impl Describe for RequireDocument {
            fn describe(schemas: &mut Schemas) -> Value {
                let several = SeveralDocument::describe(schemas);
                let one = json!({"allOf": [several], "type": "object", "minProperties": 1, "maxProperties": 1});
                json!({"anyOf": [{"type": "string"}, one]})
            }
        }

        impl Describe for Optional {
            fn describe(_: &mut Schemas) -> Value {
                json!({"enum": [true, false, "even_invalid"]})
            }

            fn written(&self) -> Option<Value> {
                (*self == Self::No).then_some(Value::Bool(false))
            }
        }

        impl Describe for ClaimCondition {
            fn describe(_: &mut Schemas) -> Value {
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
}
