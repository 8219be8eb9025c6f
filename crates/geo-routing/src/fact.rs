use crate::{field::write_degrees, outcome::Outcome};
use http_filter::{choice, document::First};

choice! {
    /// Something about a request that sources say, or that is said of it.
    pub(crate) enum Fact {
        /// The alpha-2 code of the country.
        Country = "country",
        /// The continent's code.
        Continent = "continent",
        /// The second part of the ISO 3166-2 code.
        Subdivision = "subdivision",
        /// The city.
        City = "city",
        /// The number of the autonomous system.
        Asn = "asn",
        /// In degrees.
        Latitude = "latitude",
        /// In degrees.
        Longitude = "longitude",
        /// The name of one of our regions.
        Region = "region",
        /// Whether the law of the European Union holds there.
        Eu = "eu",
        /// What was decided.
        Decision = "decision",
        /// Who knew the place.
        Source = "source",
    }
}

/// A fact that sources say.
pub(crate) type Input = First<Fact, 8>;

impl Fact {
    /// The value in this outcome; `None` where it isn't known, and the header stays away.
    pub(crate) fn value(self, outcome: &Outcome) -> Option<String> {
        let place = &outcome.place;
        match self {
            Self::Country => place.country.map(|country| country.code().to_owned()),
            Self::Continent => place.continent().map(|continent| continent.code().to_owned()),
            Self::Eu => place
                .country
                .map(|country| country.in_european_union().to_string()),
            Self::Subdivision => place.subdivision.clone(),
            Self::City => place
                .city
                .clone()
                .filter(|city| !city.bytes().any(|byte| byte.is_ascii_control())),
            Self::Asn => place.asn.map(|asn| asn.to_string()),
            Self::Latitude => place.coordinates.map(|point| write_degrees(point.latitude)),
            Self::Longitude => place.coordinates.map(|point| write_degrees(point.longitude)),
            Self::Region => outcome.region_name().map(str::to_owned),
            Self::Decision => Some(outcome.decision.to_owned()),
            Self::Source => outcome
                .source
                .map(|source| source.trim_start_matches("source_").to_owned()),
        }
    }
}
