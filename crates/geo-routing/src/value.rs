//! Values that documents are made of.

use crate::{
    field::decimal,
    read::{At, Read, Text, read_text},
};
use http_filter::{ByteSize, ConfigError, FieldName, Match, Mode, Span, config, is_token};
use serde_json::Value;

impl Text for String {
    const EXPECTED: &'static str = "a text";

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Text for FieldName {
    const EXPECTED: &'static str = "a header field's name";

    fn parse(text: &str) -> Option<Self> {
        is_token(text.as_bytes()).then(|| Self(text.to_ascii_lowercase()))
    }
}

impl Text for Span {
    const EXPECTED: &'static str = "a duration such as \"250ms\", \"10m\" or \"1h30m\"";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Text for Mode {
    const EXPECTED: &'static str = "\"enforce\" or \"shadow\"";

    fn parse(text: &str) -> Option<Self> {
        match text {
            "enforce" => Some(Self::Enforce),
            "shadow" => Some(Self::Shadow),
            _ => None,
        }
    }
}

read_text!(String, FieldName, Span, Mode);

impl Read for ByteSize {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        let size = match value {
            Value::String(text) => text.parse().ok(),
            number => number.as_u64().map(Self::new),
        };
        size.ok_or_else(|| at.refuse(value, "a size such as \"64KiB\", \"1MiB\" or a number of bytes"))
    }
}

impl Read for Match {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        config::from_value(value.clone()).map_err(|error| error.within(&at.path()))
    }
}

impl Read for bool {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        value.as_bool().ok_or_else(|| at.refuse(value, "true or false"))
    }
}

impl Read for f64 {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        let number = match value {
            // Envoy makes texts of a YAML file's numbers with decimals, on their way into a `Struct`.
            Value::String(text) => decimal(text.as_bytes()),
            other => other.as_f64(),
        };
        number.ok_or_else(|| at.refuse(value, "a number"))
    }
}

impl Read for [f64; 2] {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        let numbers = value.as_array().map(Vec::as_slice);
        match numbers {
            Some([first, second]) => Ok([
                f64::read(first, &At::Index(at, 0))?,
                f64::read(second, &At::Index(at, 1))?,
            ]),
            _ => Err(at.refuse(value, "[latitude, longitude] in degrees")),
        }
    }
}

/// An integer of a type that is smaller than the numbers of JSON.
macro_rules! read_integer {
    ($($type:ty: $expected:literal),*) => {
        $(impl Read for $type {
            fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
                let number = value.as_u64().and_then(|number| number.try_into().ok());
                number.ok_or_else(|| at.refuse(value, $expected))
            }
        })*
    };
}
read_integer!(u8: "an integer from 0 to 255", u16: "an integer from 0 to 65535", u32: "an integer from 0 to 4294967295");
