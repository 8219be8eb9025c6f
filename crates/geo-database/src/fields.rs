use maxminddb::PathElement;
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

impl Default for Fields {
    /// The paths of MaxMind's databases and DB-IP's, then those of flat ones.
    fn default() -> Self {
        let paths = |texts: &[&str]| texts.iter().filter_map(|text| text.parse().ok()).collect();
        Self {
            country: paths(&["country.iso_code", "country_code"]),
            continent: paths(&["continent.code", "continent_code"]),
            subdivision: paths(&["subdivisions.0.iso_code"]),
            city: paths(&["city.names.en"]),
            asn: paths(&["autonomous_system_number", "asn"]),
            latitude: paths(&["location.latitude", "latitude"]),
            longitude: paths(&["location.longitude", "longitude"]),
        }
    }
}

/// The way to a value in a record: names of map members and indexes of arrays, joined by dots, at most [`FieldPath::DEPTH`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl FieldPath {
    /// The most steps that a path may have.
    pub const DEPTH: usize = 6;

    pub(crate) fn elements(&self) -> impl AsRef<[PathElement<'_>]> {
        self.0
            .iter()
            .map(|step| match step {
                Step::Key(name) => PathElement::Key(name),
                Step::Index(index) => PathElement::Index(*index),
            })
            .collect::<Vec<_>>()
    }
}

impl FromStr for FieldPath {
    type Err = InvalidFieldPath;

    fn from_str(text: &str) -> Result<Self, InvalidFieldPath> {
        let steps: Vec<Step> = text
            .split('.')
            .map(|step| match step.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => Step::Key(step.to_owned()),
            })
            .collect();
        let named = !steps.iter().any(|step| *step == Step::Key(String::new()));
        if named && steps.len() <= Self::DEPTH {
            Ok(Self(steps))
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
            PathElement::Key("subdivisions"),
            PathElement::Index(0),
            PathElement::Key("iso_code"),
        ];
        assert_eq!(path.elements().as_ref(), expected);
        for text in ["", ".", "a..b", "a.", "a.b.c.d.e.f.g"] {
            assert_eq!(text.parse::<FieldPath>(), Err(InvalidFieldPath), "{text:?}");
        }
    }
}
