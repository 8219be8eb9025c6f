//! Reads a document member by member, and notes the first mistake. Derived deserialisers are several kilobytes each in the
//! module, and so is handing every mistake upwards by itself; these few functions serve for all of them.

use http_filter::{ConfigError, FieldName, Span, config};
use serde_json::{Map, Value};
use std::{cell::RefCell, ops::RangeInclusive, time::Duration};

/// The first mistake of a document. Reading goes on with a value that does no harm; nothing of it is used.
#[derive(Debug, Default)]
pub(crate) struct Mistake(RefCell<Option<ConfigError>>);

impl Mistake {
    /// The value at `path` isn't what is expected.
    pub(crate) fn note(&self, path: &str, found: &str, expected: &str) {
        self.note_error(|| ConfigError::new(path, found, expected));
    }

    /// The value at `path` isn't what is expected.
    pub(crate) fn note_value(&self, path: &str, found: &Value, expected: &str) {
        self.note(path, &found.to_string(), expected);
    }

    fn note_error(&self, error: impl FnOnce() -> ConfigError) {
        self.0.borrow_mut().get_or_insert_with(error);
    }

    /// `value`, if there was no mistake.
    pub(crate) fn or<T>(self, value: T) -> Result<T, ConfigError> {
        match self.0.into_inner() {
            None => Ok(value),
            Some(error) => Err(error),
        }
    }
}

/// The members of an object that haven't been read yet, and where it stands in the document.
#[derive(Debug)]
pub(crate) struct Members<'m> {
    path: String,
    members: Map<String, Value>,
    mistake: &'m Mistake,
}

impl<'m> Members<'m> {
    /// Takes an object apart; a member that isn't `known` is a mistake.
    pub(crate) fn new(value: Value, path: &str, known: &[&str], mistake: &'m Mistake) -> Self {
        let members = object(value, path, mistake);
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            let expected = ["one of ", &known.join(", ")].concat();
            mistake.note(&join(path, unknown), "an unknown field", &expected);
        }
        let path = path.to_owned();
        Self {
            path,
            members,
            mistake,
        }
    }

    /// Where mistakes are noted.
    pub(crate) fn mistake(&self) -> &'m Mistake {
        self.mistake
    }

    /// Where the member `name` stands.
    pub(crate) fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// Notes a mistake in the member `name`.
    pub(crate) fn note(&self, name: &str, found: &str, expected: &str) {
        self.mistake.note(&self.path(name), found, expected);
    }

    /// The member as it is; null is none.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// The member, which must be there.
    pub(crate) fn required(&mut self, name: &str, expected: &str) -> Value {
        self.take(name).unwrap_or_else(|| {
            self.note(name, "nothing", expected);
            Value::Null
        })
    }

    /// An integer.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<u32>, default: u32) -> u32 {
        match self.take(name) {
            None => default,
            Some(value) => number(&value, &self.path(name), range, self.mistake),
        }
    }

    /// A boolean.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        self.choice_of(name, default, |value| value.as_bool(), &|| "true or false".into())
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let value = self.take(name)?;
        Some(text(value, &self.path(name), self.mistake))
    }

    /// The name of a header field, in lower case.
    pub(crate) fn field_name(&mut self, name: &str) -> Option<String> {
        let value = self.take(name)?;
        match config::from_value::<FieldName>(value) {
            Ok(field) => Some(field.0),
            Err(error) => {
                self.mistake.note_error(|| error.within(&self.path(name)));
                None
            }
        }
    }

    /// A part of the document that has a deserialiser of its own.
    pub(crate) fn parsed<T>(&mut self, name: &str, parse: fn(Value) -> Result<T, ConfigError>) -> Option<T> {
        let value = self.take(name)?;
        let parsed = parse(value).map_err(|error| self.mistake.note_error(|| error.within(&self.path(name))));
        parsed.ok()
    }

    /// A length of time.
    pub(crate) fn span(
        &mut self,
        name: &str,
        range: RangeInclusive<Duration>,
        default: Duration,
        expected: &str,
    ) -> Duration {
        let parse = |value: &Value| {
            let parsed = value.as_str().and_then(|text| text.parse::<Span>().ok());
            parsed.map(Span::duration).filter(|span| range.contains(span))
        };
        self.choice_of(name, default, parse, &|| expected.to_owned())
    }

    /// One of several words.
    pub(crate) fn choice<T: Copy>(&mut self, name: &str, default: T, choices: &[(&str, T)]) -> T {
        let parse = |value: &Value| {
            let text = value.as_str()?;
            choices
                .iter()
                .find(|(word, _)| *word == text)
                .map(|(_, choice)| *choice)
        };
        self.choice_of(name, default, parse, &|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            ["one of ", &words.join(", ")].concat()
        })
    }

    fn choice_of<T>(
        &mut self,
        name: &str,
        default: T,
        parse: impl Fn(&Value) -> Option<T>,
        expected: &dyn Fn() -> String,
    ) -> T {
        let Some(value) = self.take(name) else {
            return default;
        };
        parse(&value).unwrap_or_else(|| {
            self.mistake.note_value(&self.path(name), &value, &expected());
            default
        })
    }

    /// The items of a list, each with its path; a value that is no list is a list of one.
    pub(crate) fn items(&mut self, name: &str) -> Option<Vec<(Value, String)>> {
        let value = self.take(name)?;
        Some(items(value, &self.path(name)))
    }

    /// An object in an object; an empty one when it isn't there.
    pub(crate) fn object(&mut self, name: &str, known: &[&str]) -> Self {
        let value = self.take(name).unwrap_or_else(|| Value::Object(Map::new()));
        Self::new(value, &self.path(name), known, self.mistake)
    }

    /// The members of an object whose names are free.
    pub(crate) fn map(&mut self, name: &str) -> Option<Map<String, Value>> {
        let value = self.take(name)?;
        Some(object(value, &self.path(name), self.mistake))
    }
}

fn object(value: Value, path: &str, mistake: &Mistake) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => {
            mistake.note_value(path, &other, "an object");
            Map::new()
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
pub(crate) fn text(value: Value, path: &str, mistake: &Mistake) -> String {
    match value {
        Value::String(text) => text,
        other => {
            mistake.note_value(path, &other, "a text");
            String::new()
        }
    }
}

/// An integer at `path`; the least that's allowed in place of a mistake.
pub(crate) fn number(value: &Value, path: &str, range: RangeInclusive<u32>, mistake: &Mistake) -> u32 {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.filter(|number| range.contains(number)).unwrap_or_else(|| {
        let (least, most) = (range.start().to_string(), range.end().to_string());
        mistake.note_value(path, value, &[&least, " to ", &most].concat());
        *range.start()
    })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        [path, ".", name].concat()
    }
}
