use crate::{
    condition::{Condition, ConditionDocument, Groups},
    read::{Pairs, document, mistake, nth, quoted},
};
use geo_database::{Coordinates, Country, Place};
use http_filter::{ConfigError, OneOrMany};

document! {
    /// A place of ours that serves requests.
    pub(crate) struct RegionDocument {
        /// The Envoy cluster that serves it.
        cluster ("cluster"): String,
        /// Its latitude and longitude in degrees; without them it is never the nearest.
        at ("at"): Option<[f64; 2]>,
        /// Clients that belong to it wherever they are nearest to.
        pin ("pin"): ConditionDocument,
        /// How far it reaches: with 2 every client seems half as far away as it is. 1 by default.
        weight ("weight"): Option<f64>,
        /// Takes no requests for now.
        drain ("drain"): bool,
        /// Who serves its clients while it is drained, in order; the nearest other one when none is given.
        fallback ("fallback"): OneOrMany<String>,
    }
}

/// The regions of a configuration. They are numbered in order of their names, which also settles ties.
#[derive(Clone, Debug, Default)]
pub(crate) struct Regions {
    all: Vec<Region>,
    /// Who serves clients whose place is not known.
    fallback: Vec<usize>,
    /// The nearest region of every country's middle.
    nearest: Vec<Option<usize>>,
}

/// One region.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) cluster: String,
    /// The counter of requests routed to it.
    pub(crate) counter: String,
    at: Option<UnitVector>,
    pin: Option<Condition>,
    weight: f64,
    drain: bool,
    fallback: Vec<usize>,
}

impl Regions {
    pub(crate) fn compile(
        documents: Pairs<String, RegionDocument>,
        fallback: &[String],
        groups: &Groups,
    ) -> Result<Self, ConfigError> {
        let names: Vec<String> = documents.0.iter().map(|(name, _)| name.clone()).collect();
        let all = documents
            .0
            .into_iter()
            .map(|(name, document)| Region::compile(name, document, &names, groups))
            .collect::<Result<_, _>>()?;
        let mut regions = Self {
            all,
            fallback: numbers(fallback, &names, "fallback")?,
            nearest: Vec::new(),
        };
        regions.nearest = Country::all()
            .map(|country| regions.nearest_to(country.centre()))
            .collect();
        Ok(regions)
    }

    /// The number of the region `name`.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|region| region.name == name)
    }

    pub(crate) fn get(&self, number: usize) -> Option<&Region> {
        self.all.get(number)
    }

    /// The region that serves when `number` was chosen: itself, or while it is drained another one.
    pub(crate) fn serving(&self, number: usize, place: &Place) -> Option<usize> {
        let region = self.all.get(number)?;
        if !region.drain {
            return Some(number);
        }
        self.first_open(&region.fallback)
            .or_else(|| self.nearest_by_distance(place))
            .or_else(|| self.first_open(&self.fallback))
    }

    /// The region that a place belongs to: the one it is pinned to, else the nearest one, else the first of the fallback.
    pub(crate) fn nearest(&self, place: &Place) -> Option<usize> {
        let pinned = self
            .all
            .iter()
            .position(|region| region.pin.as_ref().is_some_and(|pin| pin.holds(place)));
        pinned
            .and_then(|number| self.serving(number, place))
            .or_else(|| self.nearest_by_distance(place))
            .or_else(|| self.first_open(&self.fallback))
    }

    /// Whether any pin asks for what `wants` looks for.
    pub(crate) fn any_pin(&self, wants: impl Fn(&Condition) -> bool) -> bool {
        self.all
            .iter()
            .any(|region| region.pin.as_ref().is_some_and(&wants))
    }

    /// Whether every region has coordinates.
    pub(crate) fn any_at(&self) -> bool {
        self.all.iter().any(|region| region.at.is_some())
    }

    fn nearest_by_distance(&self, place: &Place) -> Option<usize> {
        match (place.coordinates, place.country) {
            (Some(coordinates), _) => self.nearest_to(coordinates),
            (None, Some(country)) => self.nearest.get(country.index()).copied().flatten(),
            (None, None) => None,
        }
    }

    fn nearest_to(&self, coordinates: Coordinates) -> Option<usize> {
        let here = UnitVector::new(coordinates);
        let mut best: Option<(usize, f64)> = None;
        for (number, region) in self.all.iter().enumerate().filter(|(_, region)| !region.drain) {
            if let Some(at) = &region.at {
                let distance = here.distance(at) / region.weight;
                if best.is_none_or(|(_, shortest)| distance < shortest) {
                    best = Some((number, distance));
                }
            }
        }
        best.map(|(number, _)| number)
    }

    fn first_open(&self, numbers: &[usize]) -> Option<usize> {
        numbers
            .iter()
            .copied()
            .find(|number| self.all.get(*number).is_some_and(|region| !region.drain))
    }
}

impl Region {
    fn compile(
        name: String,
        document: RegionDocument,
        names: &[String],
        groups: &Groups,
    ) -> Result<Self, ConfigError> {
        let path = ["regions.", &name].concat();
        let slug = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if name.is_empty() || name.len() > 40 || !slug || name == NEAREST {
            let expected = "a name of at most 40 letters, digits, \"-\" and \"_\", not \"nearest\"";
            return Err(mistake(
                &path,
                "",
                &["the name ", &quoted(&name)].concat(),
                expected,
            ));
        }
        if document.cluster.is_empty() {
            return Err(mistake(
                &path,
                "cluster",
                "nothing",
                "the name of an Envoy cluster",
            ));
        }
        let at = match document.at {
            Some([latitude, longitude]) => Some(Coordinates::new(latitude, longitude).ok_or_else(|| {
                let found = "a point that is not on Earth";
                mistake(&path, "at", found, "[latitude, longitude] in degrees")
            })?),
            None => None,
        };
        let weight = document.weight.unwrap_or(1.0);
        if !(0.01..=100.0).contains(&weight) {
            return Err(mistake(
                &path,
                "weight",
                "another number",
                "a number from 0.01 to 100",
            ));
        }
        let pin = Condition::compile(document.pin, groups, &[&path, ".pin"].concat())?;
        Ok(Self {
            counter: ["region_", &name].concat(),
            cluster: document.cluster,
            at: at.map(UnitVector::new),
            pin: Some(pin).filter(|pin| !pin.is_empty()),
            weight,
            drain: document.drain,
            fallback: numbers(&document.fallback, names, &[&path, ".fallback"].concat())?,
            name,
        })
    }
}

fn numbers(names: &[String], all: &[String], path: &str) -> Result<Vec<usize>, ConfigError> {
    let number = |(index, name): (usize, &String)| {
        all.iter().position(|known| known == name).ok_or_else(|| {
            let expected = "the name of one of \"regions\"";
            mistake(path, &nth("", index), &quoted(name), expected)
        })
    };
    names.iter().enumerate().map(number).collect()
}

/// What a rule says in place of a region's name.
pub(crate) const NEAREST: &str = "nearest";

/// A point on the sphere of radius 1.
#[derive(Clone, Copy, Debug)]
struct UnitVector([f64; 3]);

impl UnitVector {
    fn new(coordinates: Coordinates) -> Self {
        let (sin_latitude, cos_latitude) = sin_cos(coordinates.latitude);
        let (sin_longitude, cos_longitude) = sin_cos(coordinates.longitude);
        Self([
            cos_latitude * cos_longitude,
            cos_latitude * sin_longitude,
            sin_latitude,
        ])
    }

    /// The great-circle distance in kilometres, from the chord as the haversine formula has it.
    fn distance(&self, other: &Self) -> f64 {
        let squares = self.0.iter().zip(&other.0).map(|(a, b)| (a - b) * (a - b));
        let half_chord = squares.sum::<f64>().sqrt() / 2.0;
        2.0 * EARTH_RADIUS * half_chord.min(1.0).asin()
    }
}

/// Sine and cosine of an angle from -180 to 180 degrees, to ten digits. The standard library's know every angle there is,
/// which takes five kilobytes.
fn sin_cos(degrees: f64) -> (f64, f64) {
    // A quarter of the angle is at most π/4, where the series are short.
    let x = degrees.to_radians() / 4.0;
    let square = x * x;
    let sin = x
        * (1.0
            - square / 6.0
                * (1.0
                    - square / 20.0
                        * (1.0 - square / 42.0 * (1.0 - square / 72.0 * (1.0 - square / 110.0)))));
    let cos = 1.0
        - square / 2.0
            * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0 * (1.0 - square / 90.0))));
    let double = |(sin, cos): (f64, f64)| (2.0 * sin * cos, cos * cos - sin * sin);
    double(double((sin, cos)))
}

/// The mean radius of the Earth in kilometres.
const EARTH_RADIUS: f64 = 6371.0088;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{At, Read};
    use serde_json::json;

    fn regions(document: serde_json::Value, fallback: &[&str]) -> Regions {
        let fallback: Vec<String> = fallback.iter().map(|name| (*name).to_owned()).collect();
        Regions::compile(
            Pairs::read(&document, &At::Root).unwrap(),
            &fallback,
            &Groups::default(),
        )
        .unwrap()
    }

    fn at(country: &str) -> Place {
        Place::of_country(Country::parse(country.as_bytes()))
    }

    #[test]
    fn distances() {
        let point = |latitude, longitude| UnitVector::new(Coordinates::new(latitude, longitude).unwrap());
        for (name, a, b, kilometres) in [
            (
                "Frankfurt and Sydney",
                point(50.11, 8.68),
                point(-33.87, 151.21),
                16_480.0,
            ),
            ("a metre", point(50.0, 8.0), point(50.000009, 8.0), 0.001),
            ("over the date line", point(0.0, 179.5), point(0.0, -179.5), 111.2),
            ("the poles", point(90.0, 0.0), point(-90.0, 77.0), 20_015.1),
            ("itself", point(1.0, 2.0), point(1.0, 2.0), 0.0),
        ] {
            let found = a.distance(&b);
            assert!(
                (found - kilometres).abs() <= kilometres * 0.005 + 1e-6,
                "{name}: {found}"
            );
        }
    }

    #[test]
    fn sines_and_cosines() {
        for degrees in -180..=180 {
            let (sin, cos) = sin_cos(f64::from(degrees));
            let radians = f64::from(degrees).to_radians();
            assert!(
                (sin - radians.sin()).abs() < 1e-9 && (cos - radians.cos()).abs() < 1e-9,
                "{degrees}"
            );
        }
    }

    #[test]
    fn who_serves_whom() {
        let world = json!({
            "ap": {"cluster": "c", "at": [1.35, 103.8]},
            "eu": {"cluster": "c", "at": [50.1, 8.7], "pin": {"country": "ZA"}},
            "us": {"cluster": "c", "at": [39, -77.5]},
        });
        let mut drained = world.clone();
        drained["eu"]["drain"] = json!(true);
        let mut chained = drained.clone();
        chained["eu"]["fallback"] = json!(["eu", "ap"]);
        let mut weighted = world.clone();
        weighted["us"]["weight"] = json!(4);
        let mut twins = world.clone();
        twins["eu2"] = twins["eu"].clone();
        let mut nobody = world.clone();
        for name in ["ap", "eu", "us"] {
            nobody[name]["drain"] = json!(true);
        }
        for (name, document, place, expected) in [
            ("nearest", &world, at("DE"), Some("eu")),
            ("nearest", &world, at("BR"), Some("us")),
            ("nearest", &world, at("AU"), Some("ap")),
            ("pinned", &world, at("ZA"), Some("eu")),
            ("unknown", &world, at("??"), Some("us")),
            ("drained", &drained, at("DE"), Some("us")),
            ("drained, pinned", &drained, at("ZA"), Some("ap")),
            ("drained, with a fallback", &chained, at("ZA"), Some("ap")),
            ("weighted", &weighted, at("GB"), Some("eu")),
            ("weighted, far", &weighted, at("PT"), Some("us")),
            ("a tie goes to the first name", &twins, at("DE"), Some("eu")),
            ("nobody left", &nobody, at("DE"), None),
            (
                "coordinates before the country",
                &world,
                Place {
                    coordinates: Coordinates::new(21.3, -157.8),
                    ..at("JP")
                },
                Some("us"),
            ),
        ] {
            let regions = regions(document.clone(), &["us", "eu"]);
            let found = regions.nearest(&place).and_then(|number| regions.get(number));
            assert_eq!(
                found.map(|region| region.name.as_str()),
                expected,
                "{name}: {:?}",
                place.country
            );
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (document, fallback, expected) in [
            (json!({"eu": {}}), vec![], "regions.eu.cluster: found nothing"),
            (
                json!({"nearest": {"cluster": "c"}}),
                vec![],
                "regions.nearest: found the name \"nearest\"",
            ),
            (
                json!({"e u": {"cluster": "c"}}),
                vec![],
                "regions.e u: found the name",
            ),
            (
                json!({"eu": {"cluster": ""}}),
                vec![],
                "regions.eu.cluster: found nothing",
            ),
            (
                json!({"eu": {"cluster": "c", "at": [91, 0]}}),
                vec![],
                "regions.eu.at: found a point that is not on Earth",
            ),
            (
                json!({"eu": {"cluster": "c", "at": [1]}}),
                vec![],
                "regions.eu.at: found a list, expected [latitude, longitude]",
            ),
            (
                json!({"eu": {"cluster": "c", "weight": 0}}),
                vec![],
                "regions.eu.weight",
            ),
            (
                json!({"eu": {"cluster": "c", "fallback": "us"}}),
                vec![],
                "regions.eu.fallback[0]: found \"us\"",
            ),
            (
                json!({"eu": {"cluster": "c"}}),
                vec!["us".to_owned()],
                "fallback[0]: found \"us\"",
            ),
        ] {
            let error = Pairs::read(&document, &At::Field(&At::Root, "regions"))
                .and_then(|document| Regions::compile(document, &fallback, &Groups::default()))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
