//! Places, compiled.

use crate::document::place::{Degrees, PlaceDocument};
use geo_database::{Coordinates, Place};
use http_filter::ConfigError;

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
