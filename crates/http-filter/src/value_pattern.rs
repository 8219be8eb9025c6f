use crate::document::{Node, Read, Refused};
use serde_json::Value;

/// What a value must be: `abc`, `abc*`, `*abc`, `*abc*`; or `true` for present, `false` for absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValuePattern {
    /// There is one, whatever it is.
    Present,
    /// There is none.
    Absent,
    /// One is exactly this.
    Exact(String),
    /// One begins so.
    Prefix(String),
    /// One ends so.
    Suffix(String),
    /// One contains this.
    Contains(String),
}

impl ValuePattern {
    /// Whether one of `values` is as the pattern wants; for [`ValuePattern::Absent`] whether there is none.
    pub fn matches<'a>(&self, mut values: impl Iterator<Item = &'a [u8]>) -> bool {
        self.matches_one(&mut values)
    }

    // Once in a module, whatever the values come from.
    #[inline(never)]
    fn matches_one(&self, values: &mut dyn Iterator<Item = &[u8]>) -> bool {
        match self {
            Self::Present => values.next().is_some(),
            Self::Absent => values.next().is_none(),
            _ => {
                for value in values {
                    if self.is(value) {
                        return true;
                    }
                }
                false
            }
        }
    }

    /// Whether `value` is as the pattern wants.
    fn is(&self, value: &[u8]) -> bool {
        match self {
            Self::Present => true,
            Self::Absent => false,
            Self::Exact(text) => value == text.as_bytes(),
            Self::Prefix(text) => value.starts_with(text.as_bytes()),
            Self::Suffix(text) => value.ends_with(text.as_bytes()),
            Self::Contains(text) => {
                let (first, text) = (text.as_bytes().first(), text.as_bytes());
                // Most windows differ in their first byte: that is told without a call.
                let is_it = |window: &[u8]| window.first() == first && window == text;
                text.is_empty() || value.windows(text.len()).any(is_it)
            }
        }
    }

    fn parse(text: &str) -> Self {
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(""), _) => Self::Present,
            (Some(rest), Some(_)) => Self::Contains(rest.strip_suffix('*').unwrap_or(rest).to_owned()),
            (Some(rest), None) => Self::Suffix(rest.to_owned()),
            (None, Some(rest)) => Self::Prefix(rest.to_owned()),
            (None, None) => Self::Exact(text.to_owned()),
        }
    }
}

impl Read for ValuePattern {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        match node.value() {
            Value::Bool(true) => Ok(Self::Present),
            Value::Bool(false) => Ok(Self::Absent),
            Value::String(text) => Ok(Self::parse(text)),
            _ => Err(node.refuse(EXPECTED)),
        }
    }
}

crate::describe! {
    impl crate::document::Describe for ValuePattern {
        fn describe(_: &mut crate::document::Schemas) -> Value {
            serde_json::json!({"type": ["string", "boolean"], "examples": ["abc", "abc*", "*abc", "*abc*", true, false]})
        }
    }
}

const EXPECTED: &str = "a value, perhaps with \"*\" at an end, or true (present) or false (absent)";
