use crate::step::Step;
use std::str::FromStr;

/// Where an MMDB's records hold what: for each field paths to try, in order. A field without a path isn't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The alpha-2 code of the country.
    pub country: Vec<FieldPath>,
    /// The code of the continent.
    pub continent: Vec<FieldPath>,
    /// The second part of the ISO 3166-2 code of the subdivision.
    pub subdivision: Vec<FieldPath>,
    /// The city's name.
    pub city: Vec<FieldPath>,
    /// The number of the autonomous system.
    pub asn: Vec<FieldPath>,
    /// Degrees north.
    pub latitude: Vec<FieldPath>,
    /// Degrees east.
    pub longitude: Vec<FieldPath>,
}

impl Fields {
    /// The paths of the field of this name; `None` where there is no such field.
    pub fn named_mut(&mut self, name: &str) -> Option<&mut Vec<FieldPath>> {
        Some(match name {
            "country" => &mut self.country,
            "continent" => &mut self.continent,
            "subdivision" => &mut self.subdivision,
            "city" => &mut self.city,
            "asn" => &mut self.asn,
            "latitude" => &mut self.latitude,
            "longitude" => &mut self.longitude,
            _ => return None,
        })
    }
}

impl Default for Fields {
    /// The paths of MaxMind's databases and DB-IP's, then those of flat ones such as IPinfo's.
    fn default() -> Self {
        let paths = |texts: &[&str]| texts.iter().filter_map(|text| text.parse().ok()).collect();
        Self {
            country: paths(&["country.iso_code", "country_code", "country"]),
            continent: paths(&["continent.code", "continent_code", "continent"]),
            subdivision: paths(&["subdivisions.0.iso_code", "region_code"]),
            city: paths(&["city.names.en", "city"]),
            asn: paths(&["autonomous_system_number", "asn"]),
            latitude: paths(&["location.latitude", "latitude", "lat"]),
            longitude: paths(&["location.longitude", "longitude", "lng", "lon"]),
        }
    }
}

/// The way to a value in a record: names of map members and indexes of arrays, joined by dots, at most [`FieldPath::DEPTH`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Key(String),
    Index(usize),
}

impl FieldPath {
    /// The most steps that a path may have.
    pub const DEPTH: usize = 6;

    pub(crate) fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.0.iter().map(|part| match part {
            Part::Key(name) => Step::Key(name),
            Part::Index(index) => Step::Index(*index),
        })
    }
}

impl FromStr for FieldPath {
    type Err = InvalidFieldPath;

    fn from_str(text: &str) -> Result<Self, InvalidFieldPath> {
        let parts: Vec<Part> = text
            .split('.')
            .map(|part| match part.parse() {
                Ok(index) => Part::Index(index),
                Err(_) => Part::Key(part.to_owned()),
            })
            .collect();
        let named = !parts.iter().any(|part| *part == Part::Key(String::new()));
        if named && parts.len() <= Self::DEPTH {
            Ok(Self(parts))
        } else {
            Err(InvalidFieldPath)
        }
    }
}

/// The text is no [`FieldPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the path of a field, such as \"country.iso_code\" or \"subdivisions.0.iso_code\"")]
pub struct InvalidFieldPath;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let path: FieldPath = "subdivisions.0.iso_code".parse().unwrap();
        let expected = [
            Part::Key("subdivisions".into()),
            Part::Index(0),
            Part::Key("iso_code".into()),
        ];
        assert_eq!(path.0, expected);
        for text in ["", ".", "a..b", "a.", "a.b.c.d.e.f.g"] {
            assert_eq!(text.parse::<FieldPath>(), Err(InvalidFieldPath), "{text:?}");
        }
    }
}
