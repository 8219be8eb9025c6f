use http_filter::{ByteSize, ConfigError, FieldName, Match, Span, config, is_token};
use serde_json::{Map, Value};
use std::fmt::Write;

/// Reads the members of an object of the configuration one by one, and refuses those that nobody read.
///
/// By hand, where serde's derived visitors would make up a third of the module.
pub(crate) struct Object<'a> {
    path: String,
    members: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    /// The object `value` that stands at `path`.
    pub(crate) fn new(path: String, value: &'a Value) -> Result<Self, ConfigError> {
        match value {
            Value::Object(members) => Ok(Self {
                path,
                members,
                known: Vec::new(),
            }),
            other => Err(wrong(path, other, "an object")),
        }
    }

    /// The member `name` as it is; null is as good as none.
    pub(crate) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// Where the member `name` stands.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            [&self.path, ".", name].concat()
        }
    }

    /// Where the object stands.
    pub(crate) fn own_path(&self) -> &str {
        &self.path
    }

    /// What `parse` makes of the member `name`.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match parse(value) {
                None => Err(wrong(self.path(name), value, expected)),
                parsed => Ok(parsed),
            },
        }
    }

    /// What `parse` makes of the items of the list `name`, which may be written without brackets when it has one item.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        items(self.path(name), value, expected, parse)
    }

    /// The objects of the list `name`.
    pub(crate) fn objects(&mut self, name: &'static str) -> Result<Vec<Object<'a>>, ConfigError> {
        let mut objects = Vec::new();
        match self.get(name) {
            None => {}
            Some(Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    objects.push(Object::new(indexed(&self.path(name), index), item)?);
                }
            }
            Some(one) => objects.push(Object::new(self.path(name), one)?),
        }
        Ok(objects)
    }

    /// The object `name`.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Object<'a>>, ConfigError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => Object::new(self.path(name), value).map(Some),
        }
    }

    /// Every member of the object `name`, and where it stands.
    pub(crate) fn entries(
        &mut self,
        name: &'static str,
    ) -> Result<Vec<(&'a str, String, &'a Value)>, ConfigError> {
        Ok(match self.object(name)? {
            None => Vec::new(),
            Some(object) => object
                .members
                .iter()
                .map(|(key, value)| (key.as_str(), object.path(key), value))
                .collect(),
        })
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        self.parsed(name, "true or false", Value::as_bool)
    }

    pub(crate) fn span(&mut self, name: &'static str) -> Result<Option<Span>, ConfigError> {
        self.parsed(name, "a duration such as \"250ms\", \"10m\" or \"1h30m\"", span)
    }

    pub(crate) fn size(&mut self, name: &'static str) -> Result<Option<u64>, ConfigError> {
        self.parsed(
            name,
            "a size such as \"64KiB\" or a number of bytes",
            |value| match value {
                Value::String(text) => text.parse().ok().map(ByteSize::bytes),
                other => other.as_u64(),
            },
        )
    }

    pub(crate) fn field_names(&mut self, name: &'static str) -> Result<Vec<FieldName>, ConfigError> {
        self.list(name, "a header field's name", |value| {
            value.as_str().and_then(field_name)
        })
    }

    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, ConfigError> {
        self.list(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        choose(self.path(name), value, choices).map(Some)
    }

    /// Several of a few words.
    pub(crate) fn choices<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Vec<T>, ConfigError> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let path = self.path(name);
                let items = items.iter().enumerate();
                items
                    .map(|(index, item)| choose(indexed(&path, index), item, choices))
                    .collect()
            }
            Some(one) => choose(self.path(name), one, choices).map(|one| vec![one]),
        }
    }

    /// Of this object's members those named, as the conditions that all filters share.
    pub(crate) fn request_match(&mut self, names: &[(&'static str, &str)]) -> Result<Match, ConfigError> {
        let mut members = Map::new();
        for (name, meaning) in names {
            if let Some(value) = self.get(name) {
                members.insert((*meaning).to_owned(), value.clone());
            }
        }
        config::from_value(Value::Object(members)).map_err(|error| error.within(&self.path))
    }

    /// Refuses members that nobody read.
    pub(crate) fn end(self) -> Result<(), ConfigError> {
        match self
            .members
            .keys()
            .find(|name| !self.known.contains(&name.as_str()))
        {
            None => Ok(()),
            Some(unknown) => Err(ConfigError::new(
                self.path(unknown),
                "an unknown field",
                ["one of ", &self.known.join(", ")].concat(),
            )),
        }
    }
}

/// A text as a field's name.
pub(crate) fn field_name(text: &str) -> Option<FieldName> {
    is_token(text.as_bytes()).then(|| FieldName(text.to_ascii_lowercase()))
}

pub(crate) fn span(value: &Value) -> Option<Span> {
    value.as_str()?.parse().ok()
}

/// What `parse` makes of the items of a list at `path`, or of the one item that stands for it.
pub(crate) fn items<T>(
    path: String,
    value: &Value,
    expected: &str,
    parse: fn(&Value) -> Option<T>,
) -> Result<Vec<T>, ConfigError> {
    let Value::Array(items) = value else {
        return parse(value)
            .map(|one| vec![one])
            .ok_or_else(|| wrong(path, value, expected));
    };
    let items = items.iter().enumerate();
    items
        .map(|(index, item)| parse(item).ok_or_else(|| wrong(indexed(&path, index), item, expected)))
        .collect()
}

/// The path of an item.
pub(crate) fn indexed(path: &str, index: usize) -> String {
    let mut path = path.to_owned();
    // Writing to a string can't fail.
    let _: std::fmt::Result = write!(path, "[{index}]");
    path
}

/// `value` is not what was expected.
pub(crate) fn wrong(path: String, value: &Value, expected: &str) -> ConfigError {
    match value {
        Value::Object(_) => ConfigError::new(path, "an object", expected),
        Value::Array(_) => ConfigError::new(path, "a list", expected),
        other => ConfigError::new(path, other, expected),
    }
}

fn choose<T: Copy>(path: String, value: &Value, choices: &[(&str, T)]) -> Result<T, ConfigError> {
    let chosen = value
        .as_str()
        .and_then(|text| choices.iter().find(|(name, _)| *name == text));
    match chosen {
        Some((_, choice)) => Ok(*choice),
        None => {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            Err(wrong(path, value, &["one of ", &names.join(", ")].concat()))
        }
    }
}
