use crate::document::fact::Fact;
use geo_database::{Continent, Coordinates, Country, Place};

/// What one source says, while it's being collected.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    place: Place,
    latitude: Option<f64>,
    longitude: Option<f64>,
    region: Option<String>,
}

impl Collected {
    /// Takes a value in. One that can't be what it should is as good as none.
    pub(crate) fn put(&mut self, input: Fact, value: &[u8]) {
        let value = value.trim_ascii();
        match input {
            Fact::Country => self.place.country = Country::parse(value),
            Fact::Continent => self.place.continent = Continent::parse(value),
            // `CH-ZH` is as good as `ZH`.
            Fact::Subdivision => {
                let own = value.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
                let valid = (1..=3).contains(&own.len()) && own.iter().all(u8::is_ascii_alphanumeric);
                self.place.subdivision = valid.then(|| text(own).to_ascii_uppercase());
            }
            Fact::City => {
                let valid = (1..=MAX_CITY).contains(&value.len())
                    && value.iter().all(|byte| (b' '..0x7f).contains(byte));
                self.place.city = valid.then(|| text(value));
            }
            Fact::Asn => {
                let digits = value.strip_prefix(b"AS").unwrap_or(value);
                self.place.asn = text(digits).parse().ok().filter(|asn| *asn != 0);
            }
            Fact::Latitude => self.latitude = decimal(value),
            Fact::Longitude => self.longitude = decimal(value),
            Fact::Region => self.region = Some(text(value)).filter(|name| !name.is_empty()),
            // What no source says.
            Fact::Eu | Fact::Decision | Fact::Source => {}
        }
    }

    /// The place, and the region's name.
    pub(crate) fn finish(self) -> (Place, Option<String>) {
        let coordinates = self
            .latitude
            .zip(self.longitude)
            // In the sea off Ghana nobody is: CDNs say so where they don't know.
            .filter(|point| *point != (0.0, 0.0))
            .and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude));
        let place = Place {
            coordinates,
            ..self.place
        };
        (place, self.region)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A number of at most three digits before the point, to the millionth: `-12.345678`.
pub(crate) fn decimal(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut parts = digits.splitn(2, |byte| *byte == b'.');
    let (whole, decimals) = (parts.next()?, parts.next().unwrap_or_default());
    if whole.is_empty() || whole.len() > 3 {
        return None;
    }
    let decimals = decimals.iter().chain(std::iter::repeat(&b'0')).take(6);
    let mut millionths = 0u32;
    for digit in whole.iter().chain(decimals) {
        millionths = millionths * 10 + char::from(*digit).to_digit(10)?;
    }
    let number = f64::from(millionths) / 1e6;
    Some(if negative { -number } else { number })
}

/// Degrees with four decimals, about eleven metres.
pub(crate) fn write_degrees(degrees: f64) -> String {
    let scaled = (degrees * 1e4).round() as i64;
    let (sign, scaled) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    let decimals = (scaled % 10_000 + 10_000).to_string();
    [
        sign,
        &(scaled / 10_000).to_string(),
        ".",
        decimals.get(1..).unwrap_or_default(),
    ]
    .concat()
}

const MAX_CITY: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_read_and_written() {
        for (text, expected) in [
            ("50.11", Some("50.1100")),
            ("-0.5", Some("-0.5000")),
            ("8", Some("8.0000")),
            ("-122.4194155", Some("-122.4194")),
            ("999.0", Some("999.0000")),
            ("", None),
            (".5", None),
            ("1e3", None),
            ("12.x", None),
            ("1234", None),
        ] {
            assert_eq!(
                decimal(text.as_bytes()).map(write_degrees).as_deref(),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn values_that_are_none_are_left_out() {
        let mut said = Collected::default();
        for (input, value) in [
            (Fact::Country, "T1"),
            (Fact::Continent, "XX"),
            (Fact::Subdivision, "CH-ZH"),
            (Fact::City, "a\u{e9}"),
            (Fact::Asn, "AS64500"),
            (Fact::Latitude, "999.0"),
            (Fact::Longitude, "999.0"),
        ] {
            said.put(input, value.as_bytes());
        }
        let expected = Place {
            subdivision: Some("ZH".into()),
            asn: Some(64500),
            ..Place::default()
        };
        assert_eq!(said.finish(), (expected, None));
        let mut nowhere = Collected::default();
        nowhere.put(Fact::Latitude, b"0.000");
        nowhere.put(Fact::Longitude, b"-0.0");
        assert_eq!(nowhere.finish(), (Place::default(), None));
    }
}
