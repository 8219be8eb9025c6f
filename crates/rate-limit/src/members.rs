//! Reads a document member by member. Derived deserialisers are several kilobytes each in the module; these few functions
//! serve for all of them.

use http_filter::{ConfigError, FieldName, Span, config};
use serde_json::{Map, Value};
use std::{ops::RangeInclusive, time::Duration};

/// The members of an object that haven't been read yet, and where it stands in the document.
#[derive(Debug)]
pub(crate) struct Members {
    path: String,
    members: Map<String, Value>,
}

impl Members {
    /// Takes an object apart; a member that isn't `known` is a mistake.
    pub(crate) fn new(value: Value, path: &str, known: &[&str]) -> Result<Self, ConfigError> {
        let Value::Object(members) = value else {
            return Err(refused(path, &value, "an object"));
        };
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            let expected = ["one of ", &known.join(", ")].concat();
            return Err(error(&join(path, unknown), "an unknown field", &expected));
        }
        Ok(Self {
            path: path.to_owned(),
            members,
        })
    }

    /// Where the member `name` stands.
    pub(crate) fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// The member as it is; null is none.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// An error about the member `name`.
    pub(crate) fn refuse(&self, name: &str, found: &str, expected: &str) -> ConfigError {
        error(&self.path(name), found, expected)
    }

    /// The error of a member that must be there.
    pub(crate) fn missing(&self, name: &str, expected: &str) -> ConfigError {
        self.refuse(name, "nothing", expected)
    }

    /// An integer.
    pub(crate) fn number(
        &mut self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, ConfigError> {
        self.take(name)
            .map(|value| number(&value, &self.path(name), range))
            .transpose()
    }

    /// A boolean; false when it isn't there.
    pub(crate) fn flag(&mut self, name: &str) -> Result<Option<bool>, ConfigError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(value) => Err(refused(&self.path(name), &value, "true or false")),
        }
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, ConfigError> {
        self.take(name)
            .map(|value| text(value, &self.path(name)))
            .transpose()
    }

    /// The name of a header field, in lower case.
    pub(crate) fn field_name(&mut self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let field = config::from_value::<FieldName>(value).map_err(|error| error.within(&self.path(name)))?;
        Ok(Some(field.0))
    }

    /// A length of time.
    pub(crate) fn span(
        &mut self,
        name: &str,
        least: Duration,
        most: Duration,
        expected: &str,
    ) -> Result<Option<Duration>, ConfigError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let parsed = value.as_str().and_then(|text| text.parse::<Span>().ok());
        match parsed
            .map(Span::duration)
            .filter(|span| (least..=most).contains(span))
        {
            Some(span) => Ok(Some(span)),
            None => Err(refused(&self.path(name), &value, expected)),
        }
    }

    /// One of several words; its number among them.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, ConfigError> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let number = self.word(name, &words)?;
        Ok(number
            .and_then(|number| choices.get(number))
            .map(|(_, choice)| *choice))
    }

    fn word(&mut self, name: &str, words: &[&str]) -> Result<Option<usize>, ConfigError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number = value
            .as_str()
            .and_then(|text| words.iter().position(|word| *word == text));
        match number {
            Some(number) => Ok(Some(number)),
            None => Err(refused(
                &self.path(name),
                &value,
                &["one of ", &words.join(", ")].concat(),
            )),
        }
    }

    /// The items of a list, each with its path; a value that is no list is a list of one.
    pub(crate) fn items(&mut self, name: &str) -> Option<Vec<(Value, String)>> {
        let value = self.take(name)?;
        Some(items(value, &self.path(name)))
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ConfigError> {
        let Some(items) = self.items(name) else {
            return Ok(None);
        };
        items
            .into_iter()
            .map(|(value, path)| text(value, &path))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// An object in an object; an empty one when it isn't there.
    pub(crate) fn object(&mut self, name: &str, known: &[&str]) -> Result<Self, ConfigError> {
        let value = self.take(name).unwrap_or_else(|| Value::Object(Map::new()));
        Self::new(value, &self.path(name), known)
    }

    /// The members of an object whose names are free.
    pub(crate) fn map(&mut self, name: &str) -> Result<Option<Map<String, Value>>, ConfigError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(value) => Err(refused(&self.path(name), &value, "an object")),
        }
    }
}

/// The items of a list at `path`; a value that is no list is a list of one.
pub(crate) fn items(value: Value, path: &str) -> Vec<(Value, String)> {
    let Value::Array(items) = value else {
        return vec![(value, path.to_owned())];
    };
    let at = |(index, item): (usize, Value)| (item, [path, "[", &index.to_string(), "]"].concat());
    items.into_iter().enumerate().map(at).collect()
}

/// A text at `path`.
pub(crate) fn text(value: Value, path: &str) -> Result<String, ConfigError> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(refused(path, &other, "a text")),
    }
}

/// An integer at `path`.
pub(crate) fn number(value: &Value, path: &str, range: RangeInclusive<u32>) -> Result<u32, ConfigError> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.filter(|number| range.contains(number)).ok_or_else(|| {
        let (least, most) = (range.start().to_string(), range.end().to_string());
        refused(path, value, &[&least, " to ", &most].concat())
    })
}

/// The value at `path` isn't what is expected.
pub(crate) fn refused(path: &str, found: &Value, expected: &str) -> ConfigError {
    error(path, &found.to_string(), expected)
}

// Not generic, as `ConfigError::new` is: that is another kilobyte with every kind of message.
pub(crate) fn error(path: &str, found: &str, expected: &str) -> ConfigError {
    ConfigError::new(path, found, expected)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        [path, ".", name].concat()
    }
}
