use super::nearest::nearest;
use crate::ConfigError;
use serde_json::{Map, Value};
use std::cell::OnceCell;

/// A value of a document, and where it stands.
pub struct Node<'a> {
    value: &'a Value,
    /// The node around it, none for the document; and the step from there.
    parent: Option<&'a Node<'a>>,
    step: Step<'a>,
    /// The first mistake of the document.
    mistake: &'a OnceCell<ConfigError>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

/// A value isn't what was expected; the mistake is noted where it was found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refused;

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value, mistake: &'a OnceCell<ConfigError>) -> Self {
        Self {
            value,
            parent: None,
            step: Step::Member(""),
            mistake,
        }
    }

    /// The member `name` of this object.
    pub fn member(&'a self, name: &'a str, value: &'a Value) -> Self {
        self.child(Step::Member(name), value)
    }

    /// The item `index` of this list.
    pub fn item(&'a self, index: usize, value: &'a Value) -> Self {
        self.child(Step::Item(index), value)
    }

    fn child(&'a self, step: Step<'a>, value: &'a Value) -> Self {
        Self {
            value,
            parent: Some(self),
            step,
            mistake: self.mistake,
        }
    }

    /// The value as it stands in the document.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// The members of an object.
    ///
    /// # Errors
    /// [`Refused`] where it is none.
    pub fn object(&self) -> Result<&'a Map<String, Value>, Refused> {
        match self.value {
            Value::Object(members) => Ok(members),
            _ => Err(self.refuse("an object")),
        }
    }

    /// A text; anything else is refused as not `expected`.
    ///
    /// # Errors
    /// [`Refused`] where it is none.
    pub fn text(&self, expected: &str) -> Result<&'a str, Refused> {
        match self.value {
            Value::String(text) => Ok(text),
            _ => Err(self.refuse(expected)),
        }
    }

    /// The number of the one of `words` that is written here.
    ///
    /// # Errors
    /// [`Refused`] where it is none of them.
    pub fn choose(&self, words: &[&str]) -> Result<usize, Refused> {
        let text = self.value.as_str().unwrap_or_default();
        let known = words.iter().position(|word| *word == text);
        known.ok_or_else(|| self.refuse(&one_of(words, text)))
    }

    /// An integer from `least` to `most`.
    ///
    /// # Errors
    /// [`Refused`] where it is none, or beyond these.
    pub fn integer(&self, least: u64, most: u64) -> Result<u64, Refused> {
        let number = integral(self.value).filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| {
            let range = ["an integer from ", &least.to_string(), " to ", &most.to_string()];
            self.refuse(&range.concat())
        })
    }

    /// Reads every item of a list, which may be written without brackets when it has one item.
    ///
    /// # Errors
    /// [`Refused`] where `read` refuses one, or where there is nothing.
    pub fn each_item(&self, read: &mut dyn FnMut(&Node<'_>) -> Result<(), Refused>) -> Result<(), Refused> {
        match self.value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| read(&self.item(index, item))),
            Value::Null => Err(self.refuse("one value or a list")),
            _ => read(self),
        }
    }

    /// Reads every member of an object, by its name.
    ///
    /// # Errors
    /// [`Refused`] where `read` refuses one, or where it is no object.
    pub fn each_member(
        &self,
        read: &mut dyn FnMut(&str, &Node<'_>) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        self.object()?
            .iter()
            .try_for_each(|(name, value)| read(name, &self.member(name, value)))
    }

    /// The path, such as `rules[0].when`; empty for the document.
    pub fn path(&self) -> String {
        let Some(parent) = self.parent else {
            return String::new();
        };
        let before = parent.path();
        match self.step {
            Step::Member(name) if before.is_empty() => name.to_owned(),
            Step::Member(name) => [&before, ".", name].concat(),
            Step::Item(index) => [&before, "[", &index.to_string(), "]"].concat(),
        }
    }

    /// Notes that the value is not what was `expected`.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, expected: &str) -> Refused {
        let found = match self.value {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            scalar => serde_json::to_string(scalar).unwrap_or_default(),
        };
        self.refuse_as(&found, expected)
    }

    /// Notes a mistake in words of its own.
    #[cold]
    #[inline(never)]
    pub fn refuse_as(&self, found: &str, expected: &str) -> Refused {
        self.refuse_with(ConfigError::new("", found, expected))
    }

    /// Notes a mistake whose path is relative to this value.
    #[cold]
    #[inline(never)]
    pub fn refuse_with(&self, error: ConfigError) -> Refused {
        // The first one counts.
        self.mistake.get_or_init(|| error.within(&self.path()));
        Refused
    }

    /// Notes that a field is unknown beside those that are `known`.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse_unknown(&self, name: &str, known: &[&str]) -> Refused {
        self.refuse_as("an unknown field", &one_of(known, name))
    }
}

/// An integer, also as a double that is one.
fn integral(value: &Value) -> Option<u64> {
    let number = value.as_number()?;
    number.as_u64().or_else(|| {
        let double = number.as_f64()?;
        let integer = double as u64;
        (integer as f64 == double && double < MAX_SAFE_INTEGER).then_some(integer)
    })
}

/// What is expected where one of several words is: those there are, and the one that was perhaps meant.
fn one_of(words: &[&str], found: &str) -> String {
    let listed = ["one of ", &words.join(", ")].concat();
    match nearest(found, words) {
        Some(word) => [&listed, " (did you mean ", word, "?)"].concat(),
        None => listed,
    }
}

/// The integer up to which every integer is a double of its own.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_992.0;
