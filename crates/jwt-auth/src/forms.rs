//! Fields that may be written in more than one form.

use crate::document::{Format, HeaderDocument, Optional, RequireDocument};
use http_filter::OneOrMany;
use serde::{Deserialize, Deserializer, de};
use std::fmt;

impl<'de> Deserialize<'de> for HeaderDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = HeaderDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a claim's path, or {claim, format}")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<HeaderDocument, E> {
                Ok(HeaderDocument {
                    claim: OneOrMany(vec![path.to_owned()]),
                    format: Format::default(),
                })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<HeaderDocument, A::Error> {
                let (mut claim, mut format) = (None, Format::default());
                while let Some(name) = members.next_key::<String>()? {
                    match name.as_str() {
                        "claim" => claim = Some(members.next_value()?),
                        "format" => format = members.next_value()?,
                        other => return Err(de::Error::unknown_field(other, &["claim", "format"])),
                    }
                }
                let claim = claim.ok_or_else(|| de::Error::missing_field("claim"))?;
                Ok(HeaderDocument { claim, format })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for RequireDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RequireDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a provider's name, {any: […]} or {all: […]}")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<RequireDocument, E> {
                Ok(RequireDocument::Provider(name.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<RequireDocument, A::Error> {
                let require = match members.next_key::<String>()?.as_deref() {
                    Some("any") => RequireDocument::Any(members.next_value()?),
                    Some("all") => RequireDocument::All(members.next_value()?),
                    Some(other) => return Err(de::Error::unknown_field(other, &["any", "all"])),
                    None => return Err(de::Error::missing_field("any")),
                };
                match members.next_key::<String>()? {
                    None => Ok(require),
                    Some(_) => Err(de::Error::invalid_length(2, &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for Optional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Optional;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or \"even_invalid\"")
            }

            fn visit_bool<E>(self, optional: bool) -> Result<Optional, E> {
                Ok(if optional { Optional::Missing } else { Optional::No })
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Optional, E> {
                match text {
                    "even_invalid" => Ok(Optional::EvenInvalid),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
