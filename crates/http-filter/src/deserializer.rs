//! Deserialises documents, and keeps the path to what it refuses.
//!
//! One concrete deserialiser, where a wrapper around serde_json's is instantiated several times for every type: a
//! third of a module.

use crate::ConfigError;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer};
use serde_json::{Map, Number, Value, map};
use std::slice;

mod mistake;
mod variant;

use mistake::unexpected;
use variant::Variant;

macro_rules! one_kind {
    ($pattern:pat => |$visitor:ident| $visit:expr; $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, ConfigError> {
            match self.0 {
                $pattern => $visit,
                other => Err(refuse(other, &$visitor)),
            }
        }
    )*};
}

/// A value of a document. A list may be written without brackets when it has one member.
pub(crate) struct Node<'a>(pub(crate) &'a Value);

impl<'de> de::Deserializer<'de> for Node<'_> {
    type Error = ConfigError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(items) => visit_seq(items, true, visitor),
            Value::Object(members) => visit_map(members, visitor),
            Value::Number(number) => visit_number(number, visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            Value::Array(items) => visit_seq(items, true, visitor),
            Value::Null => visitor.visit_unit(),
            one => visit_seq(slice::from_ref(one), false, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        match self.0 {
            Value::String(variant) => visitor.visit_enum(Variant {
                name: variant,
                content: &Value::Null,
            }),
            Value::Object(members) => match (members.iter().next(), members.len()) {
                (Some((name, content)), 1) => visitor.visit_enum(Variant { name, content }),
                _ => Err(de::Error::invalid_value(
                    de::Unexpected::Map,
                    &"one member, whose name says which",
                )),
            },
            other => Err(refuse(other, &visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            Value::Object(members) => visit_map(members, visitor),
            other => Err(refuse(other, &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            Value::Array(items) => visit_seq(items, true, visitor),
            other => Err(refuse(other, &visitor)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            Value::Bool(flag) => visitor.visit_bool(*flag),
            other => Err(refuse(other, &visitor)),
        }
    }

    // One way to read each kind: what a type does not expect is refused here, and not once more for every type.
    one_kind! {
        Value::String(text) => |visitor| visitor.visit_str(text);
        deserialize_str deserialize_string deserialize_identifier deserialize_char
    }
    one_kind! {
        Value::Number(number) => |visitor| visit_number(number, visitor);
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    serde::forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple_struct ignored_any }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, ConfigError> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

#[inline(never)]
fn refuse(value: &Value, expected: &dyn de::Expected) -> ConfigError {
    de::Error::invalid_type(unexpected(value), expected)
}

fn visit_seq<'de, V: Visitor<'de>>(
    items: &[Value],
    indexed: bool,
    visitor: V,
) -> Result<V::Value, ConfigError> {
    let mut items = Items {
        items: items.iter(),
        taken: 0,
        indexed,
    };
    let value = visitor.visit_seq(&mut items)?;
    let (left, taken) = (items.items.len(), items.taken);
    if left == 0 {
        return Ok(value);
    }
    Err(de::Error::invalid_length(taken + left, &"fewer elements"))
}

fn visit_map<'de, V: Visitor<'de>>(
    members: &Map<String, Value>,
    visitor: V,
) -> Result<V::Value, ConfigError> {
    visitor.visit_map(Members {
        members: members.iter(),
        current: None,
    })
}

struct Items<'a> {
    items: slice::Iter<'a, Value>,
    taken: usize,
    indexed: bool,
}

impl<'de> de::SeqAccess<'de> for &mut Items<'_> {
    type Error = ConfigError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ConfigError> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        self.taken += 1;
        seed.deserialize(Node(item))
            .map(Some)
            .map_err(|error| error.within_item(self.indexed.then_some(self.taken - 1)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Members<'a> {
    members: map::Iter<'a>,
    current: Option<(&'a str, &'a Value)>,
}

impl<'de> de::MapAccess<'de> for Members<'_> {
    type Error = ConfigError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ConfigError> {
        let Some((name, value)) = self.members.next() else {
            return Ok(None);
        };
        self.current = Some((name, value));
        let key: StrDeserializer<'_, ConfigError> = name.as_str().into_deserializer();
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.within(name))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ConfigError> {
        let (name, value) = self.current.take().unwrap_or(("", &Value::Null));
        seed.deserialize(Node(value)).map_err(|error| error.within(name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.members.len())
    }
}

#[cfg(test)]
mod tests;
