use crate::{
    field::write_degrees,
    outcome::Outcome,
    read::{Text, read_text},
};

/// What a request header may be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Country,
    Continent,
    Eu,
    Subdivision,
    City,
    Asn,
    Latitude,
    Longitude,
    Region,
    Decision,
    Source,
}

impl Text for Output {
    const EXPECTED: &'static str = "one of \"country\", \"continent\", \"eu\", \"subdivision\", \"city\", \"asn\", \"latitude\", \"longitude\", \"region\", \"decision\", \"source\"";

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "country" => Output::Country,
            "continent" => Output::Continent,
            "eu" => Output::Eu,
            "subdivision" => Output::Subdivision,
            "city" => Output::City,
            "asn" => Output::Asn,
            "latitude" => Output::Latitude,
            "longitude" => Output::Longitude,
            "region" => Output::Region,
            "decision" => Output::Decision,
            "source" => Output::Source,
            _ => return None,
        })
    }
}

read_text!(Output);

impl Output {
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
