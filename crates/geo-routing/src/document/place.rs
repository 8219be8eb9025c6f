//! A place, as it is written.

use crate::document::condition::{ContinentCode, CountryCode};
use geo_database::Country;
use http_filter::{
    document,
    document::{Node, Read, Refused, Shorthand},
};

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
