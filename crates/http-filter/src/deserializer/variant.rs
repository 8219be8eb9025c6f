use super::{Node, mistake::unexpected};
use crate::ConfigError;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer};
use serde_json::Value;

/// A variant by its name, and what is written beside it.
pub(super) struct Variant<'a> {
    pub(super) name: &'a str,
    pub(super) content: &'a Value,
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
