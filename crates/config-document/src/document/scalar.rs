use super::{Node, Read, Refused};
use serde_json::Value;

/// Something that is written as a text.
pub trait Text: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;

    /// What such texts look like, for schemas: an ECMA-262 regular expression that refuses no text that is one.
    const PATTERN: Option<&'static str> = None;

    /// Texts that are some, for schemas.
    const EXAMPLES: &'static [&'static str] = &[];

    /// What is made of a number, where one will do too.
    const FROM_NUMBER: Option<fn(u64) -> Option<Self>> = None;

    /// The least and the most of those numbers, for schemas.
    const NUMBERS: Option<(u64, u64)> = None;

    /// Parses it.
    fn parse(text: &str) -> Option<Self>;

    /// What to write in place of a text that is none, where that can be told.
    fn advice(_text: &str) -> Option<String> {
        None
    }

    /// How it is written; where it is some field's default, for schemas.
    fn to_text(&self) -> Option<String> {
        None
    }
}

impl<T: Text> Read for T {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        if let (Some(from_number), Value::Number(number)) = (T::FROM_NUMBER, node.value()) {
            let parsed = number.as_u64().and_then(from_number);
            return parsed.ok_or_else(|| node.refuse(T::EXPECTED));
        }
        let text = node.text(T::EXPECTED)?;
        T::parse(text).ok_or_else(|| match T::advice(text) {
            Some(advice) => node.refuse(&advice),
            None => node.refuse(T::EXPECTED),
        })
    }
}

crate::describe! {
    impl<T: Text> crate::document::Describe for T {
        fn describe(_: &mut crate::document::Schemas) -> Value {
            let mut schema = serde_json::Map::new();
            let or_number = ["string", "integer"];
            schema.insert(
                "type".into(),
                if T::FROM_NUMBER.is_some() { or_number.as_slice().into() } else { "string".into() },
            );
            if let Some((least, most)) = T::NUMBERS {
                schema.insert("minimum".into(), least.into());
                schema.insert("maximum".into(), most.into());
            }
            if let Some(pattern) = T::PATTERN {
                schema.insert("pattern".into(), pattern.into());
            }
            if !T::EXAMPLES.is_empty() {
                schema.insert("examples".into(), T::EXAMPLES.into());
            }
            Value::Object(schema)
        }

        fn written(&self) -> Option<Value> {
            self.to_text().map(Value::String)
        }
    }
}

impl Text for String {
    const EXPECTED: &'static str = "a text";

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn to_text(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Read for bool {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        node.value().as_bool().ok_or_else(|| node.refuse("true or false"))
    }
}

impl Read for f64 {
    /// A number; Envoy makes texts of those that have a fraction when it reads YAML into a `Struct`.
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let number = match node.value() {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text
                .parse()
                .ok()
                .and_then(|number: serde_json::Number| number.as_f64()),
            _ => None,
        };
        number.ok_or_else(|| node.refuse("a number"))
    }
}

/// Any value, as it is.
impl Read for Value {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        Ok(node.value().clone())
    }
}

/// Null is none.
impl<T: Read> Read for Option<T> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        if node.value().is_null() {
            return Ok(None);
        }
        T::read(node).map(Some)
    }
}

/// A document in one of its own kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nested<T>(pub Box<T>);

impl<T: Read> Read for Nested<T> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        T::read(node).map(Box::new).map(Self)
    }
}

/// An integer from `LEAST` to `MOST`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Within<const LEAST: u32, const MOST: u32>(pub u32);

impl<const LEAST: u32, const MOST: u32> Read for Within<LEAST, MOST> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let number = node.integer(LEAST.into(), MOST.into())?;
        Ok(Self(number as u32))
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Read for $type {
            fn read(node: &Node<'_>) -> Result<Self, Refused> {
                node.integer(0, <$type>::MAX as u64).map(|number| number as $type)
            }
        }

        crate::describe! {
            impl crate::document::Describe for $type {
                fn describe(_: &mut crate::document::Schemas) -> Value {
                    crate::document::schema::integer(0, <$type>::MAX as u64)
                }

                fn written(&self) -> Option<Value> {
                    Some(Value::from(*self))
                }
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, usize);

crate::describe! {
    mod describe {
        use super::{Nested, Value, Within};
        use crate::document::{Describe, Schemas, schema};
        use serde_json::json;

        impl Describe for bool {
            fn describe(_: &mut Schemas) -> Value {
                json!({"type": "boolean"})
            }

            fn written(&self) -> Option<Value> {
                Some(Value::from(*self))
            }
        }

        impl Describe for f64 {
            fn describe(_: &mut Schemas) -> Value {
                json!({"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"})
            }

            fn written(&self) -> Option<Value> {
                // 1 rather than 1.0, as people write it.
                let whole = *self as i64;
                Some(if whole as f64 == *self { whole.into() } else { (*self).into() })
            }
        }

        impl Describe for Value {
            fn describe(_: &mut Schemas) -> Value {
                json!({})
            }

            fn written(&self) -> Option<Value> {
                Some(self.clone())
            }
        }

        impl<T: Describe> Describe for Option<T> {
            fn describe(schemas: &mut Schemas) -> Value {
                T::describe(schemas)
            }

            fn written(&self) -> Option<Value> {
                self.as_ref().and_then(T::written)
            }
        }

        impl<T: Describe> Describe for Nested<T> {
            fn describe(schemas: &mut Schemas) -> Value {
                T::describe(schemas)
            }
        }

        impl<const LEAST: u32, const MOST: u32> Describe for Within<LEAST, MOST> {
            fn describe(_: &mut Schemas) -> Value {
                schema::integer(LEAST.into(), MOST.into())
            }

            fn written(&self) -> Option<Value> {
                Some(Value::from(self.0))
            }
        }
    }
}
