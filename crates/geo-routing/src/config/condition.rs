use crate::document::condition::{ConditionDocument, Groups, SubdivisionCode};
use geo_database::{Continent, Country, Place};
use http_filter::{
    ConfigError,
    error_path::{joined, nth, quoted},
};

/// Which places a rule is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    countries: Option<Countries>,
    continents: Vec<Continent>,
    subdivisions: Vec<SubdivisionCode>,
    eu: Option<bool>,
    asns: Vec<u32>,
    unknown: Option<bool>,
    not: Option<Box<Condition>>,
}

impl Condition {
    pub(crate) fn compile(
        document: ConditionDocument,
        groups: &Groups,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let mut countries = Countries::default();
        document.country.iter().for_each(|code| countries.insert(code.0));
        for (index, name) in document.group.iter().enumerate() {
            let Some((_, group)) = groups.0.iter().find(|(known, _)| known == name) else {
                let expected = "the name of one of \"groups\"";
                return Err(ConfigError::at(
                    path,
                    &nth("group", index),
                    &quoted(name),
                    expected,
                ));
            };
            group.iter().for_each(|code| countries.insert(code.0));
        }
        let named = !document.country.is_empty() || !document.group.is_empty();
        let not = document
            .not
            .map(|not| Self::compile(*not.0, groups, &joined(path, "not")).map(Box::new))
            .transpose()?;
        if not.as_ref().is_some_and(|not| not.is_empty()) {
            return Err(ConfigError::at(
                path,
                "not",
                "no condition",
                "at least one condition",
            ));
        }
        Ok(Self {
            countries: named.then_some(countries),
            continents: document.continent.iter().map(|code| code.0).collect(),
            subdivisions: document.subdivision.0,
            eu: document.eu,
            asns: document.asn.0,
            unknown: document.unknown,
            not,
        })
    }

    /// Whether it holds everywhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.countries.is_none()
            && self.continents.is_empty()
            && self.subdivisions.is_empty()
            && self.eu.is_none()
            && self.asns.is_empty()
            && self.unknown.is_none()
            && self.not.is_none()
    }

    /// Whether `place` is one of those meant.
    pub(crate) fn holds(&self, place: &Place) -> bool {
        self.countries
            .as_ref()
            .is_none_or(|countries| place.country.is_some_and(|country| countries.contains(country)))
            && (self.continents.is_empty()
                || place
                    .continent()
                    .is_some_and(|continent| self.continents.contains(&continent)))
            && (self.subdivisions.is_empty()
                || self.subdivisions.iter().any(|SubdivisionCode(country, own)| {
                    place.country == Some(*country) && place.subdivision.as_ref() == Some(own)
                }))
            && self
                .eu
                .is_none_or(|eu| place.country.map(Country::in_european_union) == Some(eu))
            && (self.asns.is_empty() || place.asn.is_some_and(|asn| self.asns.contains(&asn)))
            && self
                .unknown
                .is_none_or(|unknown| place.country.is_none() == unknown)
            && self.not.as_ref().is_none_or(|not| !not.holds(place))
    }

    /// Whether it asks for the autonomous system.
    pub(crate) fn wants_asn(&self) -> bool {
        !self.asns.is_empty() || self.not.as_ref().is_some_and(|not| not.wants_asn())
    }

    /// Whether it asks for the continent.
    pub(crate) fn wants_continent(&self) -> bool {
        !self.continents.is_empty() || self.not.as_ref().is_some_and(|not| not.wants_continent())
    }

    /// Whether it asks for the subdivision.
    pub(crate) fn wants_subdivision(&self) -> bool {
        !self.subdivisions.is_empty() || self.not.as_ref().is_some_and(|not| not.wants_subdivision())
    }
}

/// A set of countries, a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Countries([u64; 4]);

impl Countries {
    fn insert(&mut self, country: Country) {
        if let Some(word) = self.0.get_mut(country.index() / 64) {
            *word |= 1 << (country.index() % 64);
        }
    }

    fn contains(&self, country: Country) -> bool {
        let word = self.0.get(country.index() / 64).copied().unwrap_or_default();
        word >> (country.index() % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_filter::document::read;
    use serde_json::json;

    #[test]
    fn conditions_hold_together() {
        let groups = read::<Groups>(&json!({"dach": ["DE", "AT", "CH"]})).unwrap();
        let place = |country: &str| Place {
            subdivision: (country == "US").then(|| "CA".to_owned()),
            asn: Some(64500),
            ..Place::of_country(Country::parse(country.as_bytes()))
        };
        for (name, document, here, elsewhere) in [
            ("nothing", json!({}), "DE FR US ??", ""),
            ("country", json!({"country": "DE"}), "DE", "FR ??"),
            ("countries", json!({"country": ["DE", "FR"]}), "DE FR", "US ??"),
            ("group", json!({"group": "dach"}), "DE AT", "FR ??"),
            (
                "group or country",
                json!({"group": "dach", "country": "FR"}),
                "DE FR",
                "US ??",
            ),
            ("continent", json!({"continent": ["EU", "AS"]}), "DE JP", "US ??"),
            ("eu", json!({"eu": true}), "DE FR", "CH US ??"),
            ("not eu", json!({"eu": false}), "CH US", "DE ??"),
            (
                "europe but not the union",
                json!({"continent": "EU", "eu": false}),
                "CH GB",
                "DE US ??",
            ),
            ("subdivision", json!({"subdivision": "US-CA"}), "US", "DE ??"),
            (
                "other subdivision",
                json!({"subdivision": ["US-NY", "CA-CA"]}),
                "",
                "US ??",
            ),
            ("asn", json!({"asn": [1, 64500]}), "DE ??", ""),
            ("unknown", json!({"unknown": true}), "??", "DE"),
            ("known", json!({"unknown": false}), "DE", "??"),
            ("inverted", json!({"not": {"country": "DE"}}), "FR ??", "DE"),
            (
                "inverted, but known",
                json!({"not": {"country": "DE"}, "unknown": false}),
                "FR",
                "DE ??",
            ),
        ] {
            let condition = Condition::compile(read(&document).unwrap(), &groups, "when").unwrap();
            for (countries, expected) in [(here, true), (elsewhere, false)] {
                for country in countries.split_whitespace() {
                    assert_eq!(condition.holds(&place(country)), expected, "{name}: {country}");
                }
            }
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (document, expected) in [
            (
                json!({"country": "UK"}),
                "country: found \"UK\", expected the alpha-2 code",
            ),
            (
                json!({"continent": ["Europe"]}),
                "when.continent[0]: found \"Europe\"",
            ),
            (json!({"subdivision": "CA"}), "expected the code of a subdivision"),
            (
                json!({"countries": "DE"}),
                "when.countries: found an unknown field",
            ),
            (
                json!({"group": "none"}),
                "when.group[0]: found \"none\", expected the name of one of \"groups\"",
            ),
            (json!({"not": {}}), "when.not: found no condition"),
        ] {
            let error = read(&document)
                .map_err(|error| error.within("when"))
                .and_then(|document| Condition::compile(document, &Groups::default(), "when"))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
