use crate::{Continent, Coordinates, Country};

/// What is known of where an address is. Nothing need be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The country.
    pub country: Option<Country>,
    /// The continent as the source names it; [`Place::continent`] also asks the country.
    pub continent: Option<Continent>,
    /// The subdivision of the country: the second part of its ISO 3166-2 code, `BY` of `DE-BY`.
    pub subdivision: Option<String>,
    /// The city's name.
    pub city: Option<String>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The point on Earth.
    pub coordinates: Option<Coordinates>,
}

impl Place {
    /// A country and nothing more.
    pub fn of_country(country: Option<Country>) -> Self {
        Self {
            country,
            ..Self::default()
        }
    }

    /// The continent: the source's word, else the country's.
    pub fn continent(&self) -> Option<Continent> {
        self.continent.or_else(|| self.country.map(Country::continent))
    }

    /// Whether anything is known at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
