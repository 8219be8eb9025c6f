//! What serde found wrong, in words.

use crate::ConfigError;
use serde::de;
use serde_json::Value;
use std::fmt;

impl de::Error for ConfigError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        // What a reader refused inside of what serde deserialises.
        match message
            .strip_prefix('\u{1}')
            .and_then(|read| read.split_once('\u{1}'))
        {
            Some((path, problem)) => Self::of(problem.to_owned()).within(path),
            None => Self::of(message),
        }
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

/// What serde calls a value.
pub(super) fn unexpected(value: &Value) -> de::Unexpected<'_> {
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
