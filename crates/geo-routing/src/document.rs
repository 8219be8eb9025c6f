use crate::{
    address::AddressDocument,
    condition::{ContinentCode, CountryCode, Groups},
    guard::GuardDocument,
    network::Network,
    output::Output,
    read::{At, Brief, Pairs, Read, Shorthand, document, mistake},
    region::RegionDocument,
    rule::RuleDocument,
    source::SourceDocument,
    tester::TesterDocument,
    trust::TrustDocument,
};
use geo_database::{Coordinates, Country, Place};
use http_filter::{ConfigError, FieldName, Mode, OneOrMany};
use serde::Deserialize;
use serde_json::Value;

/// The configuration of geo-routing, as it's written. The README is its reference.
#[derive(Debug, Deserialize)]
pub struct Document(Value);

impl Document {
    /// Its fields.
    pub(crate) fn read(&self) -> Result<Fields, ConfigError> {
        Fields::read(&self.0, &At::Root)
    }
}

document! {
    /// The fields of a configuration.
    pub(crate) struct Fields {
        /// `enforce`, or `shadow`: decide, count and log, but leave requests as they are.
        mode ("mode"): Mode,
        /// Whether routes may override this configuration.
        per_route ("per_route"): bool,
        /// Where clients' addresses stand; the first that knows it.
        address ("address"): OneOrMany<Brief<AddressDocument>>,
        /// Who knows where clients are; the first that knows the country.
        client ("client"): OneOrMany<SourceDocument>,
        /// Networks whose place is known better, by the longest prefix, before any source is asked.
        overrides ("overrides"): Pairs<Network, Brief<PlaceDocument>>,
        /// Where private and reserved addresses are, which no database is asked about.
        reserved ("reserved"): Brief<PlaceDocument>,
        /// Lists of countries by name.
        groups ("groups"): Groups,
        /// Our regions by name.
        regions ("regions"): Pairs<String, RegionDocument>,
        /// The regions for clients whose place isn't known, in order.
        fallback ("fallback"): OneOrMany<String>,
        /// What becomes of requests; the first that fits.
        rules ("rules"): OneOrMany<RuleDocument>,
        /// The request header in which the region's cluster is named, for Envoy's `cluster_header` and header matches.
        cluster_header ("cluster_header"): Option<FieldName>,
        /// Request headers to set, and what to.
        headers ("headers"): Option<Pairs<FieldName, Output>>,
        /// How testers say where they want to be.
        tester ("tester"): Option<TesterDocument>,
        /// A response header that explains the decision.
        debug ("debug"): Option<DebugDocument>,
        /// What keeps shared caches from mixing places up.
        cache_guard ("cache_guard"): Brief<GuardDocument>,
    }
}

document! {
    /// A response header that explains the decision.
    pub(crate) struct DebugDocument {
        /// Its name.
        header ("header"): Option<FieldName>,
        /// Who gets to see it.
        trust ("trust"): Option<Brief<TrustDocument>>,
    }
}

document! {
    /// A place: `unknown`, a country's code, or what is known of it.
    pub(crate) struct PlaceDocument {
        /// The alpha-2 code.
        country ("country"): Option<CountryCode>,
        /// The continent, where it is not the country's.
        continent ("continent"): Option<ContinentCode>,
        /// The second part of the ISO 3166-2 code.
        subdivision ("subdivision"): Option<String>,
        /// The city's name.
        city ("city"): Option<String>,
        /// The number of the autonomous system.
        asn ("asn"): Option<u32>,
        /// Latitude and longitude in degrees.
        at ("at"): Option<[f64; 2]>,
    }
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
                mistake(path, "at", "a point that is not on Earth", expected)
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
http_filter::read_by_serde!(Document);
