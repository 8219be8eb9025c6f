//! The databases of a configuration: embedded, written into it, or fetched.

use crate::{
    condition::CountryCode,
    feed::{self, Feed},
    path::joined,
    source::Source,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use geo_database::{Bytes, Database, FieldPath, Fields};
use http_filter::{
    ByteSize, ConfigError, FieldName, OneOrMany, Span, choice, document,
    document::{Pairs, Shorthand},
};
use std::rc::Rc;

document! {
    /// A database: `embedded`, or one to fetch, or one written right here.
    pub(crate) struct DatabaseDocument {
        /// The one that was built into this module.
        pub(crate) embedded ("embedded"): bool,
        /// A small one, in base64.
        pub(crate) inline ("inline"): Option<String>,
        /// The Envoy cluster to fetch it from.
        pub(crate) cluster ("cluster"): Option<String>,
        /// The path to fetch, beginning with `/`.
        pub(crate) path ("path"): Option<String>,
        /// The authority to ask for; the cluster's name by default.
        pub(crate) authority ("authority"): Option<String>,
        /// How often to look for a newer one.
        pub(crate) refresh ("refresh", default "1h"): Option<Span>,
        /// How long an answer may take.
        pub(crate) timeout ("timeout", default "30s"): Option<Span>,
        /// The largest to take. Envoy buffers 32 MiB at most.
        pub(crate) max_size ("max_size", default "24MiB"): Option<ByteSize>,
        /// The SHA-256 that it must have, in hexadecimal.
        pub(crate) sha256 ("sha256"): Option<String>,
        /// Where its SHA-256 stands: a file as `sha256sum` writes it, fetched first. Nothing more is fetched while it stays the same.
        pub(crate) sha256_path ("sha256_path"): Option<String>,
        /// The greatest age of its data when it's taken; any by default.
        pub(crate) max_age ("max_age"): Option<Span>,
        /// Addresses and the countries it must say they are in, to be taken: `8.8.8.8: US`.
        pub(crate) expect ("expect"): Pairs<String, CountryCode>,
        /// In an MMDB: where what stands, as paths to try in order.
        pub(crate) fields ("fields"): Pairs<FieldName, OneOrMany<String>>,
        /// What becomes of requests while it isn't there.
        pub(crate) on_failure ("on_failure"): OnFailure,
    }
}

choice! {
    /// What becomes of requests while a database isn't there.
    pub(crate) enum OnFailure, default Unknown {
        /// The next source is asked.
        Unknown = "unknown",
        /// They are answered with 503.
        Reject = "reject",
    }
}

impl Shorthand for DatabaseDocument {
    const EXPECTED: &'static str =
        "\"embedded\", or an object with \"cluster\" and \"path\", or with \"inline\"";
    const SHORT_SCHEMA: &'static str = r#"{"const": "embedded"}"#;

    fn from_text(text: &str) -> Option<Self> {
        (text == "embedded").then(|| Self {
            embedded: true,
            ..Self::default()
        })
    }
}

impl DatabaseDocument {
    /// The first setting that only a database to be fetched can have.
    fn fetch_setting(&self) -> Option<&'static str> {
        [
            ("authority", self.authority.is_some()),
            ("refresh", self.refresh.is_some()),
            ("timeout", self.timeout.is_some()),
            ("max_size", self.max_size.is_some()),
            ("sha256", self.sha256.is_some()),
            ("sha256_path", self.sha256_path.is_some()),
            ("max_age", self.max_age.is_some()),
            ("expect", !self.expect.0.is_empty()),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}

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

    /// The source that asks the database of `document`.
    pub(crate) fn source(&mut self, document: DatabaseDocument, path: &str) -> Result<Source, ConfigError> {
        let fields = fields(&document.fields, path)?;
        let required = document.on_failure == OnFailure::Reject;
        let slot = self.slot(document, &fields, path)?;
        Ok(Source::Database {
            slot,
            fields,
            required,
        })
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
        let field = match name.as_str() {
            "country" => &mut fields.country,
            "continent" => &mut fields.continent,
            "subdivision" => &mut fields.subdivision,
            "city" => &mut fields.city,
            "asn" => &mut fields.asn,
            "latitude" => &mut fields.latitude,
            "longitude" => &mut fields.longitude,
            _ => {
                let expected = "one of \"country\", \"continent\", \"subdivision\", \"city\", \"asn\", \"latitude\", \"longitude\"";
                return Err(ConfigError::at(&path, "", "another field", expected));
            }
        };
        *field = texts
            .iter()
            .map(|text| text.parse::<FieldPath>())
            .collect::<Result<_, _>>()
            .map_err(|_| ConfigError::at(&path, "", "another text", "a path such as \"country.iso_code\""))?;
    }
    Ok(fields)
}
