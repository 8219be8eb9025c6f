//! Reading documents out of JSON.
//!
//! What serde derives is several kilobytes of module per document; this is some hundred bytes, and every mistake still
//! comes with the path of its field.

use http_filter::{ConfigError, OneOrMany};
use serde_json::Value;

/// Where a value stands in its document.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Root,
    Field(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    /// The path, such as `rules[0].when`.
    pub(crate) fn path(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Field(parent, name) => {
                let parent = parent.path();
                let separator = if parent.is_empty() { "" } else { "." };
                [&parent, separator, name].concat()
            }
            At::Index(parent, index) => nth(&parent.path(), *index),
        }
    }

    /// The value here is not what was expected.
    pub(crate) fn refuse(&self, value: &Value, expected: &str) -> ConfigError {
        let found = match value {
            Value::Null => "nothing".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            // Secrets are objects' members: no error is made of one.
            other => other.to_string(),
        };
        ConfigError::new(self.path(), found, expected)
    }
}

/// Something that can be read out of JSON.
pub(crate) trait Read: Sized {
    /// Reads it.
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError>;
}

/// Something that is written as a text.
pub(crate) trait Text: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;

    /// Parses it.
    fn parse(text: &str) -> Option<Self>;
}

/// Implements [`Read`] for what is written as a text, by its [`Text`].
macro_rules! read_text {
    ($($type:ty),* $(,)?) => {
        $(impl crate::read::Read for $type {
            fn read(value: &serde_json::Value, at: &crate::read::At) -> Result<Self, http_filter::ConfigError> {
                let parsed = value.as_str().and_then(<$type as crate::read::Text>::parse);
                parsed.ok_or_else(|| at.refuse(value, <$type as crate::read::Text>::EXPECTED))
            }
        })*
    };
}
pub(crate) use read_text;

/// Declares a document: its fields, their names in JSON and their types. Those that aren't given are their types' defaults;
/// unknown ones are refused; hidden ones are for short forms to set.
macro_rules! document {
    (
        $(#[$outer:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$inner:meta])* $field:ident ($json:literal): $type:ty,)*
        }
        $(hidden { $($(#[$of_hidden:meta])* $hidden:ident: $hidden_type:ty,)* })?
    ) => {
        $(#[$outer])*
        #[derive(Debug, Default)]
        $visibility struct $name {
            $($(#[$inner])* pub(crate) $field: $type,)*
            $($($(#[$of_hidden])* pub(crate) $hidden: $hidden_type,)*)?
        }

        impl crate::read::Read for $name {
            fn read(value: &serde_json::Value, at: &crate::read::At) -> Result<Self, http_filter::ConfigError> {
                let mut document = Self::default();
                document.read_over(value, at)?;
                Ok(document)
            }
        }

        impl $name {
            /// Reads what is given over what is there.
            pub(crate) fn read_over(
                &mut self,
                value: &serde_json::Value,
                at: &crate::read::At,
            ) -> Result<(), http_filter::ConfigError> {
                for (name, value) in crate::read::members(value, at)? {
                    let at = crate::read::At::Field(at, name);
                    match name.as_str() {
                        $($json => self.$field = crate::read::Read::read(value, &at)?,)*
                        _ => return Err(crate::read::unknown(&at, &[$($json),*])),
                    }
                }
                Ok(())
            }
        }
    };
}
pub(crate) use document;

pub(crate) fn members<'v>(
    value: &'v Value,
    at: &At,
) -> Result<&'v serde_json::Map<String, Value>, ConfigError> {
    value.as_object().ok_or_else(|| at.refuse(value, "an object"))
}

/// The error for a `field` of what stands at `path`. Not generic, since a module pays for every instance.
#[cold]
#[inline(never)]
pub(crate) fn mistake(path: &str, field: &str, found: &str, expected: &str) -> ConfigError {
    let separator = if path.is_empty() || field.is_empty() || field.starts_with('[') {
        ""
    } else {
        "."
    };
    ConfigError::new([path, separator, field].concat(), found, expected)
}

/// The path of a member: `rules[0]`.
#[inline(never)]
pub(crate) fn nth(list: &str, index: usize) -> String {
    [list, "[", &index.to_string(), "]"].concat()
}

/// A text from the configuration, as an error shows it.
pub(crate) fn quoted(text: &str) -> String {
    ["\"", text, "\""].concat()
}

/// The path of a member of an object.
#[inline(never)]
pub(crate) fn joined(path: &str, name: &str) -> String {
    [path, ".", name].concat()
}

#[cold]
pub(crate) fn unknown(at: &At, known: &[&str]) -> ConfigError {
    let known = ["one of the fields ", &known.join(", ")].concat();
    ConfigError::new(at.path(), "an unknown field", known)
}

/// A document with a short form: `block: 451` for `block: {status: 451}`.
pub(crate) trait Shorthand: Read {
    /// What is expected, in words: both forms.
    const EXPECTED: &'static str;

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
#[derive(Debug, Default)]
pub(crate) struct Brief<T>(pub(crate) T);

impl<T: Shorthand> Read for Brief<T> {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        let short = match value {
            Value::Object(_) => return T::read(value, at).map(Self),
            Value::String(text) => T::from_text(text),
            Value::Number(number) => number.as_u64().and_then(T::from_number),
            _ => None,
        };
        short.map(Self).ok_or_else(|| at.refuse(value, T::EXPECTED))
    }
}

/// Members of an object in the order of their names.
#[derive(Debug)]
pub(crate) struct Pairs<K, V>(pub(crate) Vec<(K, V)>);

impl<K, V> Default for Pairs<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Text, V: Read> Read for Pairs<K, V> {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        let mut pairs = Vec::new();
        for (name, value) in members(value, at)? {
            let at = At::Field(at, name);
            let key = K::parse(name).ok_or_else(|| ConfigError::new(at.path(), "this name", K::EXPECTED))?;
            pairs.push((key, V::read(value, &at)?));
        }
        Ok(Self(pairs))
    }
}

impl<T: Read> Read for OneOrMany<T> {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        let mut all = Vec::new();
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    all.push(T::read(item, &At::Index(at, index))?);
                }
            }
            one => all.push(T::read(one, at)?),
        }
        Ok(Self(all))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        T::read(value, at).map(Some)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: &Value, at: &At) -> Result<Self, ConfigError> {
        T::read(value, at).map(Self::new)
    }
}
