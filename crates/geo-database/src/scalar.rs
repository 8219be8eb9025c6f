use crate::{Bytes, fields::FieldPath};
use maxminddb::LookupResult;
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// A value of a record that is no map and no array; one type for all fields, so that the reader is there once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    None,
    Text(&'a str),
    Integer(u64),
    Number(f64),
}

impl<'a> Scalar<'a> {
    /// The first of `paths` at which there is one.
    pub(crate) fn find(record: &LookupResult<'a, Bytes>, paths: &[FieldPath]) -> Self {
        for path in paths {
            match record.decode_path::<Scalar>(path.elements().as_ref()) {
                Ok(None | Some(Self::None)) | Err(_) => {}
                Ok(Some(found)) => return found,
            }
        }
        Self::None
    }

    pub(crate) fn text(&self) -> &'a str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn into_text(self) -> Option<String> {
        Some(self.text().to_owned()).filter(|text| !text.is_empty())
    }

    pub(crate) fn integer(&self) -> Option<u32> {
        match self {
            Self::Integer(number) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Integer(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(number))
    }
}
