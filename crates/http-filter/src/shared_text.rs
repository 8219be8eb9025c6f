//! What code or a configuration holds and every request hands on: a copy of it costs nothing.

use std::{cmp::Ordering, fmt, ops::Deref, rc::Rc};

/// A field name, held in lower case (RFC 9110 §5.1).
#[derive(Clone)]
pub struct FieldName(Name);

#[derive(Clone)]
enum Name {
    Static(&'static str),
    Shared(Rc<str>),
}

impl FieldName {
    /// The name `name`, which is in lower case.
    pub const fn of(name: &'static str) -> Self {
        Self(Name::Static(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Name::Static(name) => name,
            Name::Shared(name) => name,
        }
    }
}

impl Deref for FieldName {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&'static str> for FieldName {
    fn from(name: &'static str) -> Self {
        Self::of(name)
    }
}

impl From<String> for FieldName {
    fn from(name: String) -> Self {
        Self(Name::Shared(name.into()))
    }
}

impl From<&Self> for FieldName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl Default for FieldName {
    fn default() -> Self {
        Self::of("")
    }
}

impl PartialEq for FieldName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl PartialEq<str> for FieldName {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl Eq for FieldName {}

impl PartialOrd for FieldName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FieldName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// A field value or a property: any bytes.
#[derive(Clone)]
pub struct Bytes(Value);

#[derive(Clone)]
enum Value {
    Static(&'static [u8]),
    Shared(Rc<[u8]>),
    Own(Vec<u8>),
}

impl Bytes {
    /// These bytes.
    pub const fn of(bytes: &'static [u8]) -> Self {
        Self(Value::Static(bytes))
    }

    /// Bytes to be handed on often: copies share them.
    pub fn shared(bytes: impl Into<Rc<[u8]>>) -> Self {
        Self(Value::Shared(bytes.into()))
    }

    /// Whether the other ones are a copy of these, made by sharing: what was worked out of one is true of the other.
    pub fn shares_with(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Value::Shared(own), Value::Shared(other)) => Rc::ptr_eq(own, other),
            _ => false,
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Value::Static(bytes) => bytes,
            Value::Shared(bytes) => bytes,
            Value::Own(bytes) => bytes,
        }
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl From<&'static str> for Bytes {
    fn from(text: &'static str) -> Self {
        Self::of(text.as_bytes())
    }
}

impl<const N: usize> From<&'static [u8; N]> for Bytes {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::of(bytes)
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Value::Own(bytes))
    }
}

impl From<&Self> for Bytes {
    fn from(bytes: &Self) -> Self {
        bytes.clone()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}
