use crate::{
    config::{
        address::AddressSource,
        database::{Slot, Slots},
        trust::Trust,
    },
    counter::Counter,
    document::{
        database::{DatabaseDocument, OnFailure},
        fact::Fact,
        preset::Preset,
        source::SourceDocument,
    },
    request::{collected::Collected, facts::RequestFacts},
};
use geo_database::{Fields, Place};
use http_filter::{Attribute, ConfigError, FieldName, document::Brief, error_path::joined};
use std::{net::IpAddr, rc::Rc};

/// Somebody who knows where clients are.
pub(crate) enum Source {
    Headers {
        names: Vec<(FieldName, Fact)>,
        trust: Trust,
    },
    FilterState {
        name: String,
        keys: Vec<(String, Fact)>,
    },
    Property {
        path: Vec<String>,
    },
    Database {
        slot: Rc<Slot>,
        fields: Fields,
        required: bool,
    },
}

/// What a source says.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) place: Place,
    /// The name of a region, which only headers say.
    pub(crate) region: Option<String>,
}

/// A database without which requests are refused isn't there.
#[derive(Debug)]
pub(crate) struct Unavailable;

impl Source {
    pub(crate) fn compile(
        document: SourceDocument,
        slots: &mut Slots,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let SourceDocument {
            preset,
            header,
            headers,
            trust,
            filter_state,
            keys,
            property,
            database,
        } = document;
        let given = [
            preset.is_some(),
            header.is_some(),
            !headers.0.is_empty(),
            filter_state.is_some(),
            property.is_some(),
            database.is_some(),
        ];
        let found = given.iter().filter(|given| **given).count();
        if found != 1 {
            let expected = "exactly one of \"preset\", \"header\", \"headers\", \"filter_state\", \"property\" and \"database\"";
            return Err(ConfigError::at(
                path,
                "",
                &[&found.to_string(), " of them"].concat(),
                expected,
            ));
        }
        if !keys.0.is_empty() && filter_state.is_none() {
            return Err(ConfigError::at(
                path,
                "keys",
                "keys",
                "them beside \"filter_state\" only",
            ));
        }
        if trust.is_some() && (filter_state.is_some() || property.is_some() || database.is_some()) {
            let expected = "it beside headers only: the proxy's own words need no trust";
            return Err(ConfigError::at(path, "trust", "a condition", expected));
        }
        if let Some(name) = filter_state {
            let own: Vec<_> = keys.into_iter().map(|(name, input)| (name, input.0)).collect();
            let keys = if own.is_empty() { default_keys() } else { own };
            return Ok(Self::FilterState { name, keys });
        }
        if let Some(property) = property {
            let path = property.split('.').map(str::to_owned).collect();
            return Ok(Self::Property { path });
        }
        if let Some(Brief(database)) = database {
            return Self::database(database, slots, &joined(path, "database"));
        }
        let mut names: Vec<(FieldName, Fact)> =
            headers.into_iter().map(|(name, input)| (name, input.0)).collect();
        names.extend(header.map(|name| (name, Fact::Country)));
        let preset = preset.map_or(&[][..], Preset::headers);
        names.extend(preset.iter().map(|(name, input)| (FieldName::of(name), *input)));
        Ok(Self::Headers {
            names,
            trust: Trust::compile(trust, &joined(path, "trust"))?,
        })
    }

    /// The source that asks the database of `document`.
    pub(crate) fn database(
        document: DatabaseDocument,
        slots: &mut Slots,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let required = document.on_failure == OnFailure::Reject;
        let (slot, fields) = slots.open(document, path)?;
        Ok(Self::Database {
            slot,
            fields,
            required,
        })
    }

    /// What this source says of a request from `address`.
    pub(crate) fn ask(
        &self,
        facts: &RequestFacts,
        address: &dyn Fn() -> Option<IpAddr>,
    ) -> Result<Answer, Unavailable> {
        let mut said = Collected::default();
        match self {
            Self::Headers { names, trust } => {
                let mut sent = names
                    .iter()
                    .filter_map(|(name, input)| Some((facts.request.single(name).ok()??, *input)))
                    .peekable();
                if sent.peek().is_some() && trust.holds(facts) {
                    sent.for_each(|(value, input)| said.put(input, value));
                }
            }
            Self::FilterState { name, keys } => {
                if let Some(text) = facts.host.attribute(Attribute::FilterState(name)) {
                    read_object(&text, keys, &mut said);
                }
            }
            Self::Property { path } => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                if let Some(value) = facts.host.attribute(Attribute::Other(&path)) {
                    said.put(Fact::Country, &value);
                }
            }
            Self::Database {
                slot,
                fields,
                required,
            } => {
                let Some(database) = slot.database() else {
                    return if *required {
                        Err(Unavailable)
                    } else {
                        Ok(Answer::default())
                    };
                };
                let place = address().map(|address| database.place(address, fields));
                return Ok(Answer {
                    place: place.unwrap_or_default(),
                    region: None,
                });
            }
        }
        let (place, region) = said.finish();
        Ok(Answer { place, region })
    }

    /// The counter of requests that this source placed, and its name in the debug header.
    pub(crate) fn counter(&self) -> Counter {
        match self {
            Self::Headers { .. } => Counter::SourceHeader,
            Self::FilterState { .. } => Counter::SourceFilterState,
            Self::Property { .. } => Counter::SourceProperty,
            Self::Database { .. } => Counter::SourceDatabase,
        }
    }

    /// The headers in which it reads, and when they are believed.
    pub(crate) fn headers(&self) -> Option<(&[(FieldName, Fact)], &Trust)> {
        match self {
            Self::Headers { names, trust } => Some((names, trust)),
            _ => None,
        }
    }
}

/// The names that Envoy's documentation gives the fields of its geoip filters.
fn default_keys() -> Vec<(String, Fact)> {
    [
        ("country", Fact::Country),
        ("region", Fact::Subdivision),
        ("city", Fact::City),
        ("asn", Fact::Asn),
    ]
    .map(|(name, input)| (name.to_owned(), input))
    .into()
}

fn read_object(text: &[u8], keys: &[(String, Fact)], said: &mut Collected) {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(text) else {
        return;
    };
    for (name, input) in keys {
        match members.get(name) {
            Some(serde_json::Value::String(value)) => said.put(*input, value.as_bytes()),
            Some(serde_json::Value::Number(value)) => said.put(*input, value.to_string().as_bytes()),
            _ => {}
        }
    }
}

/// The address by the first of `sources` that knows it.
pub(crate) fn client_address(sources: &[AddressSource], facts: &RequestFacts) -> Option<IpAddr> {
    sources.iter().find_map(|source| source.address(facts))
}
