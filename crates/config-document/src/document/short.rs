use super::{Node, Read, Refused};
use serde_json::Value;

/// A document with a short form: `block: 451` for `block: {status: 451}`.
pub trait Shorthand: Read {
    /// What is expected, in words: both forms.
    const EXPECTED: &'static str;

    /// The short form for schemas, as JSON.
    const SHORT_SCHEMA: &'static str;

    /// The document that a text stands for.
    fn from_text(_text: &str) -> Option<Self> {
        None
    }

    /// The document that a number stands for.
    fn from_number(_number: u64) -> Option<Self> {
        None
    }
}

/// A document in its short or its long form.
#[derive(Clone, Debug, Default)]
pub struct Brief<T>(pub T);

impl<T: Shorthand> Read for Brief<T> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let short = match node.value() {
            Value::Object(_) => return T::read(node).map(Self),
            Value::String(text) => T::from_text(text),
            Value::Number(number) => number.as_u64().and_then(T::from_number),
            _ => None,
        };
        short.map(Self).ok_or_else(|| node.refuse(T::EXPECTED))
    }
}

crate::describe! {
    impl<T: Shorthand + crate::document::Describe> crate::document::Describe for Brief<T> {
        fn describe(schemas: &mut crate::document::Schemas) -> serde_json::Value {
            let short: serde_json::Value = serde_json::from_str(T::SHORT_SCHEMA).unwrap_or_default();
            serde_json::json!({"anyOf": [short, T::describe(schemas)]})
        }

        fn written(&self) -> Option<serde_json::Value> {
            self.0.written()
        }
    }
}
