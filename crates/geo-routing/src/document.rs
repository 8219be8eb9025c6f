use crate::{
    address::AddressDocument,
    condition::{ContinentCode, CountryCode, Groups},
    guard::GuardDocument,
    output::Output,
    region::RegionDocument,
    rule::RuleDocument,
    shorthand::{Brief, Shorthand},
    source::SourceDocument,
    tester::TesterDocument,
    trust::TrustDocument,
};
use geo_database::{Coordinates, Country, Place};
use http_filter::{ConfigError, FieldName, Mode, OneOrMany};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The configuration of geo-routing, as it's written. The README is its reference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// `enforce`, or `shadow`: decide, count and log, but leave requests as they are.
    pub(crate) mode: Mode,
    /// Whether routes may override this configuration.
    pub(crate) per_route: bool,
    /// Where clients' addresses stand; the first that knows it.
    pub(crate) address: OneOrMany<Brief<AddressDocument>>,
    /// Who knows where clients are; the first that knows the country.
    pub(crate) client: OneOrMany<SourceDocument>,
    /// Networks whose place is known better, by the longest prefix, before any source is asked.
    pub(crate) overrides: BTreeMap<String, Brief<PlaceDocument>>,
    /// Where private and reserved addresses are, which no database is asked about.
    pub(crate) reserved: Brief<PlaceDocument>,
    /// Lists of countries by name.
    pub(crate) groups: Groups,
    /// Our regions by name.
    pub(crate) regions: BTreeMap<String, RegionDocument>,
    /// The regions for clients whose place isn't known, in order.
    pub(crate) fallback: OneOrMany<String>,
    /// What becomes of requests; the first that fits.
    pub(crate) rules: OneOrMany<RuleDocument>,
    /// The request header in which the region's cluster is named, for Envoy's `cluster_header` and header matches.
    pub(crate) cluster_header: FieldName,
    /// Request headers to set, and what to.
    pub(crate) headers: BTreeMap<FieldName, Output>,
    /// How testers say where they want to be.
    pub(crate) tester: Option<TesterDocument>,
    /// A response header that explains the decision.
    pub(crate) debug: Option<DebugDocument>,
    /// What keeps shared caches from mixing places up.
    pub(crate) cache_guard: Brief<GuardDocument>,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            per_route: false,
            address: OneOrMany::default(),
            client: OneOrMany::default(),
            overrides: BTreeMap::new(),
            reserved: Brief(PlaceDocument::default()),
            groups: Groups::new(),
            regions: BTreeMap::new(),
            fallback: OneOrMany::default(),
            rules: OneOrMany::default(),
            cluster_header: FieldName("x-edge-cluster".to_owned()),
            headers: BTreeMap::from([(FieldName("x-geo-country".to_owned()), Output::Country)]),
            tester: None,
            debug: None,
            cache_guard: Brief(GuardDocument::default()),
        }
    }
}

/// A response header that explains the decision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DebugDocument {
    /// Its name.
    pub(crate) header: FieldName,
    /// Who gets to see it.
    pub(crate) trust: Brief<TrustDocument>,
}

/// A place: `unknown`, a country's code, or what is known of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlaceDocument {
    /// The alpha-2 code.
    country: Option<CountryCode>,
    /// The continent, where it is not the country's.
    continent: Option<ContinentCode>,
    /// The second part of the ISO 3166-2 code.
    subdivision: Option<String>,
    /// The city's name.
    city: Option<String>,
    /// The number of the autonomous system.
    asn: Option<u32>,
    /// Latitude and longitude in degrees.
    at: Option<[f64; 2]>,
}

impl Shorthand for PlaceDocument {
    const EXPECTED: &'static str =
        "\"unknown\", the alpha-2 code of a country, or an object with \"country\"";

    fn from_text(text: &str) -> Option<Self> {
        if text == "unknown" {
            return Some(Self::default());
        }
        Some(Self {
            country: Some(CountryCode(Country::parse(text.as_bytes())?)),
            ..Self::default()
        })
    }
}

impl PlaceDocument {
    pub(crate) fn compile(self, path: &str) -> Result<Place, ConfigError> {
        let coordinates = match self.at {
            Some([latitude, longitude]) => Some(Coordinates::new(latitude, longitude).ok_or_else(|| {
                let expected = "[latitude, longitude] in degrees";
                ConfigError::new(format!("{path}.at"), "a point that is not on Earth", expected)
            })?),
            None => None,
        };
        Ok(Place {
            country: self.country.map(|code| code.0),
            continent: self.continent.map(|code| code.0),
            subdivision: self.subdivision.map(|own| own.to_ascii_uppercase()),
            city: self.city,
            asn: self.asn,
            coordinates,
        })
    }
}
