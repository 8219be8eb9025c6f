use crate::{
    address::AddressDocument,
    condition::{ContinentCode, CountryCode, Groups},
    fact::Fact,
    guard::GuardDocument,
    network::Network,
    region::RegionDocument,
    rule::RuleDocument,
    source::SourceDocument,
    tester::TesterDocument,
    trust::TrustDocument,
};
use geo_database::{Coordinates, Country, Place};
use http_filter::{
    ConfigError, FieldName, Mode, OneOrMany, Publish, document,
    document::{Brief, Node, Pairs, Read, Refused, Shorthand},
};

document! {
    /// The configuration of geo-routing: from an address to the right region.
    pub struct Document {
        /// `enforce`, or `shadow`: decide, count and log, but leave requests as they are.
        pub(crate) mode ("mode"): Mode,
        /// Whether routes may override this configuration.
        pub(crate) per_route ("per_route"): bool,
        /// Who may read where the client is and what was decided.
        pub(crate) publish ("publish"): Publish,
        /// Where clients' addresses stand; the first that knows it.
        pub(crate) address ("address", default "source"): OneOrMany<Brief<AddressDocument>>,
        /// Who knows where clients are; the first that knows the country.
        pub(crate) client ("client"): OneOrMany<SourceDocument>,
        /// Networks whose place is known better, by the longest prefix, before any source is asked.
        pub(crate) overrides ("overrides"): Pairs<Network, Brief<PlaceDocument>>,
        /// Where private and reserved addresses are, which no database is asked about.
        pub(crate) reserved ("reserved", default "unknown"): Brief<PlaceDocument>,
        /// Lists of countries by name.
        pub(crate) groups ("groups"): Groups,
        /// Our regions by name.
        pub(crate) regions ("regions"): Pairs<String, RegionDocument>,
        /// The regions for clients whose place isn't known, in order.
        pub(crate) fallback ("fallback"): OneOrMany<String>,
        /// What becomes of requests; the first that fits.
        pub(crate) rules ("rules"): OneOrMany<RuleDocument>,
        /// The request header in which the region's cluster is named, for Envoy's `cluster_header` and header matches.
        pub(crate) cluster_header ("cluster_header"): FieldName = FieldName::of("x-edge-cluster"),
        /// Request headers to set, and what to.
        pub(crate) headers ("headers"): Pairs<FieldName, Fact> = default_headers(),
        /// How testers say where they want to be.
        pub(crate) tester ("tester"): Option<TesterDocument>,
        /// A response header that explains the decision.
        pub(crate) debug ("debug"): Option<DebugDocument>,
        /// What keeps shared caches from mixing places up.
        pub(crate) cache_guard ("cache_guard", default "auto"): Brief<GuardDocument>,
    }
}

document! {
    /// A response header that explains the decision.
    pub(crate) struct DebugDocument {
        /// Its name.
        pub(crate) header ("header", required "the response header that explains the decision"): FieldName,
        /// Who gets to see it.
        pub(crate) trust ("trust"): Option<Brief<TrustDocument>>,
    }
}

document! {
    /// A place: `unknown`, a country's code, or what is known of it.
    pub(crate) struct PlaceDocument {
        /// The alpha-2 code.
        pub(crate) country ("country"): Option<CountryCode>,
        /// The continent, where it is not the country's.
        pub(crate) continent ("continent"): Option<ContinentCode>,
        /// The second part of the ISO 3166-2 code.
        pub(crate) subdivision ("subdivision"): Option<String>,
        /// The city's name.
        pub(crate) city ("city"): Option<String>,
        /// The number of the autonomous system.
        pub(crate) asn ("asn"): Option<u32>,
        /// Latitude and longitude in degrees.
        pub(crate) at ("at"): Option<Degrees>,
    }
}

impl Shorthand for PlaceDocument {
    const EXPECTED: &'static str =
        "\"unknown\", the alpha-2 code of a country, or an object with \"country\"";
    const SHORT_SCHEMA: &'static str = r#"{"type": "string", "pattern": "^(unknown|[A-Za-z]{2})$"}"#;

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
            Some(Degrees([latitude, longitude])) => {
                Some(Coordinates::new(latitude, longitude).ok_or_else(|| {
                    let expected = "[latitude, longitude] in degrees";
                    ConfigError::at(path, "at", "a point that is not on Earth", expected)
                })?)
            }
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

fn default_headers() -> Pairs<FieldName, Fact> {
    Pairs(vec![(FieldName::of("x-geo-country"), Fact::Country)])
}

/// Latitude and longitude in degrees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Degrees(pub(crate) [f64; 2]);

impl Read for Degrees {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        match node.value().as_array().map(Vec::as_slice) {
            Some([latitude, longitude]) => Ok(Self([
                f64::read(&node.item(0, latitude))?,
                f64::read(&node.item(1, longitude))?,
            ])),
            _ => Err(node.refuse("[latitude, longitude] in degrees")),
        }
    }
}

http_filter::describe! {
    impl http_filter::document::Describe for Degrees {
        fn describe(schemas: &mut http_filter::document::Schemas) -> serde_json::Value {
            let number = f64::describe(schemas);
            serde_json::json!({"type": "array", "prefixItems": [number, number], "minItems": 2, "maxItems": 2, "items": false})
        }
    }
}
