use crate::{continent::Continent, facts, facts::Fact};
use std::fmt;

/// A country or territory of ISO 3166-1, or Kosovo (`XK`, as everybody writes it).
///
/// What databases and CDNs put in a country's place when they know none is no country and can't be one here: `XX`,
/// `ZZ`, `T1`, `A1`, `A2`, `O1`, `EU`, `AP`, `??`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

impl Country {
    /// The country with this alpha-2 code, in either case.
    pub fn parse(code: &[u8]) -> Option<Self> {
        let [a, b] = code else { return None };
        let code = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
        let index = facts::FACTS.binary_search_by(|fact| fact.code.cmp(&code)).ok()?;
        u8::try_from(index).ok().map(Self)
    }

    /// Every country, in order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).take(facts::FACTS.len()).map(Self)
    }

    /// The alpha-2 code, in upper case.
    pub fn code(self) -> &'static str {
        // Codes are ASCII; `facts` tests it.
        std::str::from_utf8(&self.fact().code).unwrap_or_default()
    }

    /// The continent it's counted to.
    pub fn continent(self) -> Continent {
        self.fact().continent
    }

    /// Whether the law of the European Union holds: its members, and those of their territories that belong to it.
    pub fn in_european_union(self) -> bool {
        facts::EUROPEAN_UNION.contains(&self.fact().code)
    }

    /// About where its people live.
    pub fn centre(self) -> Coordinates {
        let fact = self.fact();
        Coordinates {
            latitude: f64::from(fact.latitude) / 10.0,
            longitude: f64::from(fact.longitude) / 10.0,
        }
    }

    /// A number of its own, below 256, which may differ from version to version.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    fn fact(self) -> &'static Fact {
        facts::FACTS.get(self.index()).unwrap_or(&facts::NOWHERE)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A point on Earth, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    /// -90 to 90, north positive.
    pub latitude: f64,
    /// -180 to 180, east positive.
    pub longitude: f64,
}

impl Coordinates {
    /// The point, where there is such a one.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude))
            .then_some(Self { latitude, longitude })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_countries_and_what_is_none() {
        for code in ["DE", "de", "XK", "ZW", "AD"] {
            assert_eq!(
                Country::parse(code.as_bytes()).unwrap().code(),
                code.to_uppercase(),
                "{code}"
            );
        }
        for code in [
            "XX", "ZZ", "T1", "A1", "A2", "O1", "EU", "AP", "??", "UK", "", "D", "DEU", "\u{e9}",
        ] {
            assert_eq!(Country::parse(code.as_bytes()), None, "{code}");
        }
        assert_eq!(Country::all().count(), 250);
        assert!(Country::all().all(|country| Country::parse(country.code().as_bytes()) == Some(country)));
    }

    #[test]
    fn the_european_union() {
        let members = Country::all()
            .filter(|country| country.in_european_union())
            .count();
        assert_eq!(members, 27 + 7, "members, and Åland and the outermost regions");
        for (code, expected) in [
            ("DE", true),
            ("HR", true),
            ("RE", true),
            ("GB", false),
            ("CH", false),
            ("NC", false),
        ] {
            assert_eq!(
                Country::parse(code.as_bytes()).unwrap().in_european_union(),
                expected,
                "{code}"
            );
        }
    }
}
