use crate::{
    address::AddressSource,
    asking::Asking,
    database::{DatabaseDocument, Slot, Slots},
    fact::{Fact, Input},
    field::Collected,
    path::joined,
    preset::Preset,
    trust::{Trust, TrustDocument},
};
use geo_database::{Fields, Place};
use http_filter::{
    Attribute, ConfigError, FieldName, document,
    document::{Brief, Pairs},
};
use std::{net::IpAddr, rc::Rc};

document! {
    /// Somebody who knows where clients are. Exactly one of `preset`, `header`, `headers`, `filter_state`, `property` and `database`.
    pub(crate) struct SourceDocument {
        /// The headers of a CDN.
        pub(crate) preset ("preset"): Option<Preset>,
        /// A header with a country's code.
        pub(crate) header ("header"): Option<FieldName>,
        /// Headers, and what stands in them.
        pub(crate) headers ("headers"): Pairs<FieldName, Input>,
        /// When headers are believed.
        pub(crate) trust ("trust"): Option<Brief<TrustDocument>>,
        /// Filter state that holds a JSON object, such as `envoy.geoip` of Envoy's network filter.
        pub(crate) filter_state ("filter_state"): Option<String>,
        /// The members of that object, and what stands in them.
        pub(crate) keys ("keys"): Pairs<String, Input>,
        /// A property that holds a country's code, such as `source.client_region`.
        pub(crate) property ("property"): Option<String>,
        /// A database that is asked for the client's address.
        pub(crate) database ("database"): Option<Brief<DatabaseDocument>>,
    }
}

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
            return slots.source(database, &joined(path, "database"));
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

    /// What this source says of a request from `address`.
    pub(crate) fn ask(
        &self,
        asking: &Asking,
        address: &dyn Fn() -> Option<IpAddr>,
    ) -> Result<Answer, Unavailable> {
        let mut said = Collected::default();
        match self {
            Self::Headers { names, trust } => {
                let mut sent = names
                    .iter()
                    .filter_map(|(name, input)| Some((asking.request.single(name).ok()??, *input)))
                    .peekable();
                if sent.peek().is_some() && trust.holds(asking) {
                    sent.for_each(|(value, input)| said.put(input, value));
                }
            }
            Self::FilterState { name, keys } => {
                if let Some(text) = asking.host.attribute(Attribute::FilterState(name)) {
                    read_object(&text, keys, &mut said);
                }
            }
            Self::Property { path } => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                if let Some(value) = asking.host.attribute(Attribute::Other(&path)) {
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
    pub(crate) fn counter(&self) -> &'static str {
        match self {
            Self::Headers { .. } => "source_header",
            Self::FilterState { .. } => "source_filter_state",
            Self::Property { .. } => "source_property",
            Self::Database { .. } => "source_database",
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
pub(crate) fn client_address(sources: &[AddressSource], asking: &Asking) -> Option<IpAddr> {
    sources.iter().find_map(|source| source.address(asking))
}
