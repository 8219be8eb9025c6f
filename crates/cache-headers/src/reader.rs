use http_filter::{ByteSize, ConfigError, FieldName, Match, Span, config, is_token};
use serde_json::{Map, Value};
use std::{cell::RefCell, fmt::Write};

/// Reads the members of an object of the configuration one by one.
///
/// By hand, where serde's derived visitors would make up a third of the module; and what is wrong is put aside, the
/// first counts, so that no reading can fail: a way out at every member would be as large again.
pub(crate) struct Object<'a> {
    path: String,
    members: Option<&'a Map<String, Value>>,
    known: Vec<&'static str>,
    problems: &'a Problems,
}

/// The first thing that is wrong with a configuration.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Option<ConfigError>>);

impl Problems {
    /// Takes up a problem, unless there is one already.
    pub(crate) fn report(&self, problem: ConfigError) {
        self.0.borrow_mut().get_or_insert(problem);
    }

    /// The first problem, as the end of all reading.
    pub(crate) fn result(self) -> Result<(), ConfigError> {
        self.0.into_inner().map_or(Ok(()), Err)
    }

    fn wrong(&self, path: String, value: &Value, expected: &str) {
        self.report(match value {
            Value::Object(_) => ConfigError::new(path, "an object", expected),
            Value::Array(_) => ConfigError::new(path, "a list", expected),
            other => ConfigError::new(path, other, expected),
        });
    }
}

impl<'a> Object<'a> {
    /// The object `value` that stands at `path`; one without members where it's something else.
    pub(crate) fn new(path: String, value: &'a Value, problems: &'a Problems) -> Self {
        let members = value.as_object();
        if members.is_none() {
            problems.wrong(path.clone(), value, "an object");
        }
        Self {
            path,
            members,
            known: Vec::new(),
            problems,
        }
    }

    /// The member `name` as it is; null is as good as none.
    pub(crate) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.members?.get(name).filter(|value| !value.is_null())
    }

    /// Where the member `name` stands.
    pub(crate) fn path(&self, name: &str) -> String {
        let dot = if self.path.is_empty() { "" } else { "." };
        [&self.path, dot, name].concat()
    }

    /// `found` is wrong with the member `name`, or with the object where that is empty.
    pub(crate) fn report(&self, name: &str, found: &str, expected: &str) {
        let path = if name.is_empty() {
            self.path.clone()
        } else {
            self.path(name)
        };
        self.problems.report(ConfigError::new(path, found, expected));
    }

    /// Takes up what was found wrong within the object.
    pub(crate) fn take<T>(&self, result: Result<T, ConfigError>) -> Option<T> {
        result
            .map_err(|problem| self.problems.report(problem.within(&self.path)))
            .ok()
    }

    /// What `parse` makes of the member `name`.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.get(name)?;
        let parsed = parse(value);
        if parsed.is_none() {
            self.problems.wrong(self.path(name), value, expected);
        }
        parsed
    }

    /// What `parse` makes of the items of the list `name`, which may be written without brackets when it has one item.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: fn(&Value) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.get(name) else {
            return Vec::new();
        };
        self.items(self.path(name), value, expected, parse)
    }

    /// What `parse` makes of the items of a list at `path`, or of the one item that stands for it.
    pub(crate) fn items<T>(
        &self,
        path: String,
        value: &'a Value,
        expected: &str,
        parse: fn(&Value) -> Option<T>,
    ) -> Vec<T> {
        let mut parsed = Vec::new();
        for (path, item) in items(path, value) {
            match parse(item) {
                Some(item) => parsed.push(item),
                None => self.problems.wrong(path, item, expected),
            }
        }
        parsed
    }

    /// The objects of the list `name`.
    pub(crate) fn objects(&mut self, name: &'static str) -> Vec<Object<'a>> {
        let Some(value) = self.get(name) else {
            return Vec::new();
        };
        let items = items(self.path(name), value).into_iter();
        items
            .map(|(path, item)| Object::new(path, item, self.problems))
            .collect()
    }

    /// The object `name`.
    pub(crate) fn object(&mut self, name: &'static str) -> Option<Object<'a>> {
        let value = self.get(name)?;
        Some(Object::new(self.path(name), value, self.problems))
    }

    /// Every member of the object `name`, and where it stands.
    pub(crate) fn entries(&mut self, name: &'static str) -> Vec<(&'a str, String, &'a Value)> {
        let Some(object) = self.object(name) else {
            return Vec::new();
        };
        let members = object.members.into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), object.path(key), value))
            .collect()
    }

    /// The object `value` at `path`, read with this one.
    pub(crate) fn inner(&self, path: String, value: &'a Value) -> Object<'a> {
        Object::new(path, value, self.problems)
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.parsed(name, "true or false", Value::as_bool)
    }

    pub(crate) fn is_set(&mut self, name: &'static str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    pub(crate) fn span(&mut self, name: &'static str) -> Option<Span> {
        self.parsed(name, "a duration such as \"250ms\", \"10m\" or \"1h30m\"", span)
    }

    pub(crate) fn size(&mut self, name: &'static str) -> Option<u64> {
        self.parsed(
            name,
            "a size such as \"64KiB\" or a number of bytes",
            |value| match value {
                Value::String(text) => text.parse().ok().map(ByteSize::bytes),
                other => other.as_u64(),
            },
        )
    }

    pub(crate) fn field_names(&mut self, name: &'static str) -> Vec<FieldName> {
        self.list(name, FIELD_NAME, |value| value.as_str().and_then(field_name))
    }

    pub(crate) fn texts(&mut self, name: &'static str) -> Vec<String> {
        self.list(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.get(name)?;
        self.chosen(value, choices, self.path(name))
    }

    /// Several of a few words.
    pub(crate) fn choices<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Vec<T> {
        let Some(value) = self.get(name) else {
            return Vec::new();
        };
        let items = items(self.path(name), value).into_iter();
        items
            .filter_map(|(path, item)| self.chosen(item, choices, path))
            .collect()
    }

    fn chosen<T: Copy>(&self, value: &Value, choices: &[(&str, T)], path: String) -> Option<T> {
        let chosen = choices.iter().find(|(name, _)| value.as_str() == Some(name));
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.problems
                .wrong(path, value, &["one of ", &names.join(", ")].concat());
        }
        chosen.map(|(_, choice)| *choice)
    }

    /// Of this object's members those named, as the conditions that all filters share.
    pub(crate) fn request_match(&mut self, names: &[(&'static str, &str)]) -> Match {
        let mut members = Map::new();
        for (name, meaning) in names {
            if let Some(value) = self.get(name) {
                members.insert((*meaning).to_owned(), value.clone());
            }
        }
        self.take(config::from_value(Value::Object(members)))
            .unwrap_or_default()
    }

    /// Refuses members that nobody read.
    pub(crate) fn end(self) {
        let mut names = self.members.into_iter().flat_map(Map::keys);
        if let Some(unknown) = names.find(|name| !self.known.contains(&name.as_str())) {
            self.report(
                unknown,
                "an unknown field",
                &["one of ", &self.known.join(", ")].concat(),
            );
        }
    }
}

/// A text as a field's name.
pub(crate) fn field_name(text: &str) -> Option<FieldName> {
    is_token(text.as_bytes()).then(|| FieldName(text.to_ascii_lowercase()))
}

/// What a field's name looks like.
pub(crate) const FIELD_NAME: &str = "a header field's name";

pub(crate) fn span(value: &Value) -> Option<Span> {
    value.as_str()?.parse().ok()
}

/// The items of a list at `path`, or the one item that stands for it, and where they stand.
fn items(path: String, value: &Value) -> Vec<(String, &Value)> {
    match value.as_array() {
        None => vec![(path, value)],
        Some(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, item)| (indexed(&path, index), item)).collect()
        }
    }
}

/// The path of an item.
pub(crate) fn indexed(path: &str, index: usize) -> String {
    let mut path = path.to_owned();
    // Writing to a string can't fail.
    let _: std::fmt::Result = write!(path, "[{index}]");
    path
}
