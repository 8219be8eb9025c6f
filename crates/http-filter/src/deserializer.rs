//! Deserialises documents, and keeps the path to what it refuses.
//!
//! One concrete deserialiser, where a wrapper around serde_json's is instantiated several times for every type: a
//! third of a module.

use crate::ConfigError;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer};
use serde_json::{Map, Number, Value, map};
use std::{fmt, slice};

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

struct Variant<'a> {
    name: &'a str,
    content: &'a Value,
}

impl<'a, 'de> de::EnumAccess<'de> for Variant<'a> {
    type Error = ConfigError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), ConfigError> {
        let name: StrDeserializer<'_, ConfigError> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_> {
    type Error = ConfigError;

    fn unit_variant(self) -> Result<(), ConfigError> {
        match self.content {
            Value::Null => Ok(()),
            other => Err(de::Error::invalid_type(
                unexpected(other),
                &"nothing beside the name",
            ))
            .map_err(|error: ConfigError| error.within(self.name)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ConfigError> {
        seed.deserialize(Node(self.content))
            .map_err(|error| error.within(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ConfigError> {
        de::Deserializer::deserialize_any(Node(self.content), visitor)
            .map_err(|error| error.within(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        de::Deserializer::deserialize_any(Node(self.content), visitor)
            .map_err(|error| error.within(self.name))
    }
}

impl de::Error for ConfigError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::of(message.to_string())
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        invalid("type", found, expected)
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        invalid("value", found, expected)
    }
}

/// In serde's words, but for null, and without the 10 KB that printing a float costs elsewhere.
fn invalid(what: &str, found: de::Unexpected<'_>, expected: &dyn de::Expected) -> ConfigError {
    let quoted = |kind: &str, text: &str| [kind, " `", text, "`"].concat();
    let found = match found {
        de::Unexpected::Bool(flag) => quoted("boolean", if flag { "true" } else { "false" }),
        de::Unexpected::Unsigned(number) => quoted("integer", &number.to_string()),
        de::Unexpected::Signed(number) => quoted("integer", &number.to_string()),
        de::Unexpected::Float(number) => quoted("floating point", &Value::from(number).to_string()),
        de::Unexpected::Str(text) => ["string ", &Value::from(text).to_string()].concat(),
        de::Unexpected::Seq => "sequence".to_owned(),
        de::Unexpected::Map => "map".to_owned(),
        de::Unexpected::Unit => "null".to_owned(),
        de::Unexpected::Other(text) => text.to_owned(),
        // The other kinds are none of JSON's.
        _ => "something else".to_owned(),
    };
    ConfigError::of(
        [
            "invalid ",
            what,
            ": ",
            &found,
            ", expected ",
            &expected.to_string(),
        ]
        .concat(),
    )
}

fn unexpected(value: &Value) -> de::Unexpected<'_> {
    match value {
        Value::Null => de::Unexpected::Unit,
        Value::Bool(flag) => de::Unexpected::Bool(*flag),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => de::Unexpected::Unsigned(number),
            (None, Some(number)) => de::Unexpected::Signed(number),
            (None, None) => de::Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => de::Unexpected::Str(text),
        Value::Array(_) => de::Unexpected::Seq,
        Value::Object(_) => de::Unexpected::Map,
    }
}

#[cfg(test)]
mod tests {
    use crate::{OneOrMany, config::from_value};
    use serde::Deserialize;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Action {
        Pass,
        Block(u16),
        Redirect { to: String },
        At(f64, f64),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Document {
        actions: OneOrMany<Action>,
        #[serde(default)]
        limits: BTreeMap<String, Option<u8>>,
        #[serde(default)]
        at: Option<(f64, f64)>,
    }

    #[test]
    fn documents_are_read() {
        let document = json!({
            "actions": ["pass", {"block": 451}, {"redirect": {"to": "/"}}, {"at": [1, 2.5]}],
            "limits": {"a": 1, "b": null},
            "at": [50.1, -8],
        });
        let expected = Document {
            actions: OneOrMany(vec![
                Action::Pass,
                Action::Block(451),
                Action::Redirect { to: "/".into() },
                Action::At(1.0, 2.5),
            ]),
            limits: [("a".to_owned(), Some(1)), ("b".to_owned(), None)].into(),
            at: Some((50.1, -8.0)),
        };
        assert_eq!(from_value::<Document>(document).unwrap(), expected);
        assert_eq!(
            from_value::<Document>(json!({"actions": "pass"}))
                .unwrap()
                .actions
                .0,
            [Action::Pass]
        );
        assert_eq!(from_value::<Vec<u8>>(json!(7)).unwrap(), [7]);
        assert_eq!(
            from_value::<Value>(json!({"a": [1, null]})).unwrap(),
            json!({"a": [1, null]})
        );
    }

    #[test]
    fn mistakes_carry_their_path() {
        for (document, expected) in [
            (
                json!({"actions": []  , "x": 1}),
                "x: unknown field `x`, expected one of `actions`, `limits`, `at`",
            ),
            (json!({}), "configuration: missing field `actions`"),
            (
                json!({"actions": null}),
                "actions: invalid type: null, expected one value or a list",
            ),
            (
                json!({"actions": "go"}),
                "actions: unknown variant `go`, expected one of `pass`, `block`, `redirect`, `at`",
            ),
            (
                json!({"actions": [{"block": "x"}]}),
                "actions[0].block: invalid type: string \"x\", expected u16",
            ),
            (
                json!({"actions": [{"block": 70000}]}),
                "actions[0].block: invalid value: integer `70000`, expected u16",
            ),
            (
                json!({"actions": {"redirect": {}}}),
                "actions.redirect: missing field `to`",
            ),
            (
                json!({"actions": {"pass": 1}}),
                "actions.pass: invalid type: integer `1`, expected nothing beside the name",
            ),
            (
                json!({"actions": {"pass": 1, "block": 2}}),
                "actions: invalid value: map, expected one member, whose name says which",
            ),
            (
                json!({"actions": [7]}),
                "actions[0]: invalid type: integer `7`, expected enum Action",
            ),
            (
                json!({"actions": [], "limits": {"a.b": 256}}),
                "limits.a.b: invalid value: integer `256`, expected u8",
            ),
            (
                json!({"actions": [], "at": [1]}),
                "at: invalid length 1, expected a tuple of size 2",
            ),
            (
                json!({"actions": [], "at": [1, 2, 3]}),
                "at: invalid length 3, expected fewer elements",
            ),
        ] {
            assert_eq!(
                from_value::<Document>(document.clone()).unwrap_err().to_string(),
                expected,
                "{document}"
            );
        }
    }
}
