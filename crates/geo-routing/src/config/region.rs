use crate::{
    config::condition::Condition,
    document::{condition::Groups, place::Degrees, region::RegionDocument},
};
use geo_database::{Coordinates, Country, Place};
use http_filter::{
    Bytes, ConfigError,
    document::Pairs,
    error_path::{nth, quoted},
};

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
    pub(crate) cluster: Bytes,
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

    /// The counters of all regions.
    pub(crate) fn counters(&self) -> impl Iterator<Item = &String> {
        self.all.iter().map(|region| &region.counter)
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
            return Err(ConfigError::at(
                &path,
                "",
                &["the name ", &quoted(&name)].concat(),
                expected,
            ));
        }
        if document.cluster.is_empty() {
            return Err(ConfigError::at(
                &path,
                "cluster",
                "nothing",
                "the name of an Envoy cluster",
            ));
        }
        let at = match document.at {
            Some(Degrees([latitude, longitude])) => {
                Some(Coordinates::new(latitude, longitude).ok_or_else(|| {
                    let found = "a point that is not on Earth";
                    ConfigError::at(&path, "at", found, "[latitude, longitude] in degrees")
                })?)
            }
            None => None,
        };
        let weight = document.weight.unwrap_or(1.0);
        if !(0.01..=100.0).contains(&weight) {
            return Err(ConfigError::at(
                &path,
                "weight",
                "another number",
                "a number from 0.01 to 100",
            ));
        }
        let pin = Condition::compile(document.pin, groups, &[&path, ".pin"].concat())?;
        Ok(Self {
            counter: ["region_", &name].concat(),
            cluster: Bytes::shared(document.cluster.into_bytes()),
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
            ConfigError::at(path, &nth("", index), &quoted(name), expected)
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
mod tests;
