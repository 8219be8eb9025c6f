pub(crate) mod address;
pub(crate) mod block;
pub(crate) mod condition;
pub(crate) mod database;
pub(crate) mod expectation;
pub(crate) mod feed;
pub(crate) mod guard;
pub(crate) mod needs;
pub(crate) mod network_map;
pub(crate) mod place;
pub(crate) mod redirect;
pub(crate) mod region;
pub(crate) mod rule;
pub(crate) mod source;
pub(crate) mod tester;
pub(crate) mod trust;

use crate::{
    config::{
        address::AddressSource,
        database::{Slot, Slots, has_embedded},
        guard::Guard,
        network_map::NetworkMap,
        region::Regions,
        rule::Rule,
        source::Source,
        tester::Tester,
        trust::Trust,
    },
    document::{DebugDocument, Document, database::DatabaseDocument, fact::Fact},
};
use geo_database::Place;
use http_filter::{
    Concerns, ConfigError, FieldName, Settings,
    document::{Brief, Shorthand},
    error_path::nth,
};
use shared_fetch::Fetch;
use std::rc::Rc;

/// geo-routing's configuration, ready for requests.
pub struct GeoRouting {
    pub(crate) settings: Settings,
    pub(crate) addresses: Vec<AddressSource>,
    pub(crate) sources: Vec<Source>,
    pub(crate) overrides: NetworkMap<Place>,
    pub(crate) reserved: Place,
    pub(crate) regions: Regions,
    pub(crate) rules: Vec<Rule>,
    /// Whether a rule looks at paths or methods.
    pub(crate) concerns: Concerns,
    pub(crate) headers: Vec<(FieldName, Fact)>,
    pub(crate) cluster_header: FieldName,
    pub(crate) tester: Option<Tester>,
    pub(crate) debug: Option<(FieldName, Trust)>,
    pub(crate) guard: Guard,
    /// Headers that nobody but this filter may set, and those that carry secrets.
    pub(crate) distrusted: Vec<FieldName>,
    pub(crate) wants_asn: bool,
    /// For each source: the headers that decide what becomes of a request whose place it knows, its own and those of the
    /// sources before it; `None` where something decides that no cache can see.
    pub(crate) varying: Vec<Option<Rc<[FieldName]>>>,
    pub(crate) databases: Vec<Rc<Slot>>,
}

impl GeoRouting {
    /// The documents that are fetched.
    pub(crate) fn fetches(&self) -> impl Iterator<Item = &dyn Fetch> {
        let feeds = self.databases.iter().filter_map(|slot| slot.feed());
        feeds.map(|feed| feed as &dyn Fetch)
    }
}

/// Compiles a document; `slots` takes the databases, or shares those of the configuration that is overridden.
///
/// # Errors
/// [`ConfigError`], with the field's path.
pub(crate) fn compile(document: Document, mut slots: Slots) -> Result<GeoRouting, ConfigError> {
    let Document {
        mode,
        per_route,
        publish,
        address,
        client,
        overrides,
        reserved,
        groups,
        regions,
        fallback,
        rules,
        cluster_header,
        headers,
        tester,
        debug,
        cache_guard,
    } = document;
    let addresses = numbered(address.0, "address", |Brief(address), path| {
        AddressSource::compile(address, path)
    })?;
    let mut sources = numbered(client.0, "client", |source, path| {
        Source::compile(source, &mut slots, path)
    })?;
    if sources.is_empty() {
        sources.push(default_source(&mut slots)?);
    }
    let mut places = NetworkMap::default();
    for (network, Brief(place)) in overrides.0 {
        places.insert(network, place.compile("overrides")?);
    }
    let regions = Regions::compile(regions, &fallback, &groups)?;
    let rules = numbered(rules.0, "rules", |rule, path| {
        Rule::compile(rule, &regions, &groups, path)
    })?;
    let debug = match debug {
        Some(DebugDocument { header, trust }) => Some((header, Trust::compile(trust, "debug.trust")?)),
        None => None,
    };
    let mut config = GeoRouting {
        settings: Settings {
            mode,
            per_route,
            publish,
        },
        addresses: if addresses.is_empty() {
            vec![AddressSource::Source]
        } else {
            addresses
        },
        sources,
        overrides: places,
        reserved: reserved.0.compile("reserved")?,
        regions,
        concerns: rules.iter().map(Rule::concerns).collect(),
        rules,
        headers: headers.0,
        cluster_header,
        tester: tester.map(Tester::compile).transpose()?,
        debug,
        guard: Guard::compile(cache_guard.0),
        distrusted: Vec::new(),
        wants_asn: false,
        varying: Vec::new(),
        databases: slots.into_vec(),
    };
    config.finish();
    Ok(config)
}

/// Compiles every document of a list, with its path.
fn numbered<D, T>(
    documents: Vec<D>,
    name: &str,
    mut compile: impl FnMut(D, &str) -> Result<T, ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    documents
        .into_iter()
        .enumerate()
        .map(|(index, document)| compile(document, &nth(name, index)))
        .collect()
}

/// Without any source named, the embedded database, if there is one.
fn default_source(slots: &mut Slots) -> Result<Source, ConfigError> {
    match DatabaseDocument::from_text("embedded").filter(|_| has_embedded()) {
        Some(document) => Source::database(document, slots, "client"),
        None => Err(ConfigError::at(
            "client",
            "",
            "nothing",
            "at least one source of where clients are",
        )),
    }
}
