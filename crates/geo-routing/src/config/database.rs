//! The databases of a configuration: embedded, written into it, or fetched.

use crate::{
    config::{feed, feed::Feed},
    document::database::DatabaseDocument,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use geo_database::{Bytes, Database, FieldPath, Fields};
use http_filter::{
    ConfigError, FieldName, OneOrMany,
    document::{Pairs, Shorthand},
    error_path::joined,
};
use std::rc::Rc;

/// A place for a database, which a fetched one is put into as often as a newer one comes.
pub(crate) struct Slot {
    /// What tells this database from others: an override with the same key shares it.
    key: String,
    kind: Kind,
}

enum Kind {
    /// It was there when the configuration was read.
    Given(Rc<Database>),
    Fetched(Box<Feed>),
}

impl Slot {
    /// The database, if it's there.
    pub(crate) fn database(&self) -> Option<Rc<Database>> {
        match &self.kind {
            Kind::Given(database) => Some(Rc::clone(database)),
            Kind::Fetched(feed) => feed.current(),
        }
    }

    /// The fetching of the database, if it's fetched.
    pub(crate) fn feed(&self) -> Option<&Feed> {
        match &self.kind {
            Kind::Given(_) => None,
            Kind::Fetched(feed) => Some(feed),
        }
    }
}

/// The databases of a configuration, each once.
#[derive(Default)]
pub(crate) struct Slots {
    /// Those of the configuration that a route overrides.
    inherited: Option<Vec<Rc<Slot>>>,
    own: Vec<Rc<Slot>>,
}

impl Slots {
    /// For a route's override: it shares `databases`, and can't bring one to be fetched, since nothing ticks for it.
    pub(crate) fn inheriting(databases: &[Rc<Slot>]) -> Self {
        Self {
            inherited: Some(databases.to_vec()),
            own: Vec::new(),
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Rc<Slot>> {
        self.own
    }

    /// The place for the database of `document`, and what is read of it.
    pub(crate) fn open(
        &mut self,
        document: DatabaseDocument,
        path: &str,
    ) -> Result<(Rc<Slot>, Fields), ConfigError> {
        let fields = fields(&document.fields, path)?;
        Ok((self.slot(document, &fields, path)?, fields))
    }

    fn slot(
        &mut self,
        document: DatabaseDocument,
        fields: &Fields,
        path: &str,
    ) -> Result<Rc<Slot>, ConfigError> {
        let fetched = document.cluster.is_some() || document.path.is_some();
        let kinds = [document.embedded, document.inline.is_some(), fetched];
        if kinds.iter().filter(|kind| **kind).count() != 1 {
            return Err(ConfigError::at(
                path,
                "",
                "none or several kinds",
                DatabaseDocument::EXPECTED,
            ));
        }
        let made = if fetched {
            self.fetched(&document, fields, path)?
        } else {
            let settings = document.fetch_setting();
            if let Some(name) = settings {
                return Err(ConfigError::at(
                    path,
                    name,
                    "a value",
                    "it for a database that is fetched only",
                ));
            }
            match document.inline {
                Some(text) => inline(&text, fields, path)?,
                None => embedded(fields, path)?,
            }
        };
        let known = self
            .inherited
            .iter()
            .flatten()
            .chain(&self.own)
            .find(|slot| slot.key == made.key);
        let slot = known.cloned().unwrap_or_else(|| Rc::new(made));
        if !self.own.iter().any(|own| Rc::ptr_eq(own, &slot)) {
            self.own.push(Rc::clone(&slot));
        }
        Ok(slot)
    }

    fn fetched(&self, document: &DatabaseDocument, fields: &Fields, path: &str) -> Result<Slot, ConfigError> {
        let (key, feed) = feed::compile(document, fields, path)?;
        let inherited = self
            .inherited
            .as_ref()
            .is_none_or(|slots| slots.iter().any(|slot| slot.key == key));
        if !inherited {
            let expected =
                "a database that the plugin's own configuration has: a route's override can't fetch one";
            return Err(ConfigError::at(path, "", "another database", expected));
        }
        Ok(Slot {
            key,
            kind: Kind::Fetched(Box::new(feed)),
        })
    }
}

fn inline(text: &str, fields: &Fields, path: &str) -> Result<Slot, ConfigError> {
    let path = joined(path, "inline");
    let bytes = BASE64_STANDARD
        .decode(text.trim())
        .map_err(|_| ConfigError::at(&path, "", "another text", "a database in base64"))?;
    opened(["inline:", text].concat(), bytes.into(), fields, &path)
}

fn embedded(fields: &Fields, path: &str) -> Result<Slot, ConfigError> {
    if EMBEDDED.is_empty() {
        let expected =
            "the module geo-routing-embedded.wasm (make wasm-featured), or another kind of database";
        return Err(ConfigError::at(
            path,
            "",
            "a module without a database in it",
            expected,
        ));
    }
    opened("embedded".to_owned(), EMBEDDED.into(), fields, path)
}

fn opened(key: String, bytes: Bytes, fields: &Fields, path: &str) -> Result<Slot, ConfigError> {
    let expected = "a compact table, or an MMDB with one of the fields";
    let database = Database::open(bytes).map_err(|error| {
        let found = ["no database (", &error.to_string(), ")"].concat();
        ConfigError::at(path, "", &found, expected)
    })?;
    if !database.answers(fields) {
        return Err(ConfigError::at(
            path,
            "",
            "a database that says nothing",
            expected,
        ));
    }
    Ok(Slot {
        key,
        kind: Kind::Given(Rc::new(database)),
    })
}

/// Whether a database was built into this module.
pub(crate) fn has_embedded() -> bool {
    !EMBEDDED.is_empty()
}

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/embedded"));

fn fields(document: &Pairs<FieldName, OneOrMany<String>>, path: &str) -> Result<Fields, ConfigError> {
    let mut fields = Fields::default();
    for (name, texts) in &document.0 {
        let path = [path, ".fields.", name].concat();
        let Some(field) = fields.named_mut(name.as_str()) else {
            let expected = "one of \"country\", \"continent\", \"subdivision\", \"city\", \"asn\", \"latitude\", \"longitude\"";
            return Err(ConfigError::at(&path, "", "another field", expected));
        };
        *field = texts
            .iter()
            .map(|text| text.parse::<FieldPath>())
            .collect::<Result<_, _>>()
            .map_err(|_| ConfigError::at(&path, "", "another text", "a path such as \"country.iso_code\""))?;
    }
    Ok(fields)
}
