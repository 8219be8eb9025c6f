use crate::{
    address::AddressSource,
    database::{DatabaseDocument, Slot, Slots, has_embedded},
    document::{DebugDocument, Document},
    fact::Fact,
    filter::GeoFilter,
    guard::Guard,
    network::NetworkMap,
    path::nth,
    region::Regions,
    rule::Rule,
    source::Source,
    tester::Tester,
    trust::Trust,
};
use geo_database::Place;
use http_filter::{
    CallResponse, Concerns, ConfigError, FieldName, FilterConfig, Host, Settings, Tick,
    document::{Brief, Shorthand},
};
use shared_fetch::Fetch;
use std::{rc::Rc, time::Duration};

/// geo-routing's configuration, ready for requests.
pub struct GeoRouting {
    settings: Settings,
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
    databases: Vec<Rc<Slot>>,
}

impl FilterConfig for GeoRouting {
    const NAME: &'static str = "geo-routing";
    type Document = Document;
    type Filter = GeoFilter;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        compile(document, Slots::default())
    }

    fn overridden(&self, document: Document) -> Result<Self, ConfigError> {
        compile(document, Slots::inheriting(&self.databases))
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> GeoFilter {
        GeoFilter::new(Rc::clone(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        self.fetches().next().map(|_| Duration::from_millis(10))
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        shared_fetch::tick(self.fetches(), host)
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        shared_fetch::respond(self.fetches(), token, response, host)
    }
}

impl GeoRouting {
    fn fetches(&self) -> impl Iterator<Item = &dyn Fetch> {
        let feeds = self.databases.iter().filter_map(|slot| slot.feed());
        feeds.map(|feed| feed as &dyn Fetch)
    }
}

fn compile(document: Document, mut slots: Slots) -> Result<GeoRouting, ConfigError> {
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
        guard: cache_guard.0.into(),
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
        Some(document) => slots.source(document, "client"),
        None => Err(ConfigError::at(
            "client",
            "",
            "nothing",
            "at least one source of where clients are",
        )),
    }
}
