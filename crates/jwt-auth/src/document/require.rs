//! Whose tokens a rule wants, and whether they may be left out, as it is written.

use http_filter::{
    document,
    document::{Node, Read, Refused},
};
use serde_json::Value;

/// Whether a token may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Optional {
    /// It must be there.
    #[default]
    No,
    /// It may be missing, but not invalid.
    Missing,
    /// It may be missing or invalid.
    EvenInvalid,
}

/// Which providers' tokens are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequireDocument {
    /// A token of this provider.
    Provider(String),
    /// What one of these needs.
    Any(Vec<RequireDocument>),
    /// What all of these need.
    All(Vec<RequireDocument>),
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

http_filter::describe! {
    mod describe {
        use super::{Optional, RequireDocument, SeveralDocument};
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
    }
}
