use crate::{
    config::region::Region, counter::Counter, document::fact::Fact, request::collected::write_degrees,
};
use geo_database::Place;
use http_filter::Bytes;

/// What was found out about a request, and what was decided.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'a> {
    pub(crate) place: Place,
    /// Who knew the place.
    pub(crate) source: Option<Counter>,
    /// The region that serves the request.
    pub(crate) region: Option<&'a Region>,
    /// `route`, `block`, `redirect`, `pass`.
    pub(crate) decision: &'static str,
    /// The number of the rule, if one was for the request.
    pub(crate) rule: Option<usize>,
}

impl Outcome<'_> {
    /// What a header for this fact gets; `None` where it isn't known, and the header stays away.
    pub(crate) fn value(&self, fact: Fact) -> Option<Bytes> {
        let place = &self.place;
        match fact {
            Fact::Country => place.country.map(|country| country.code().into()),
            Fact::Continent => place.continent().map(|continent| continent.code().into()),
            Fact::Eu => place.country.map(|country| {
                if country.in_european_union() {
                    "true"
                } else {
                    "false"
                }
                .into()
            }),
            Fact::Subdivision => place.subdivision.clone().map(Bytes::from),
            Fact::City => place
                .city
                .clone()
                .filter(|city| !city.bytes().any(|byte| byte.is_ascii_control()))
                .map(Bytes::from),
            Fact::Asn => place.asn.map(|asn| asn.to_string().into()),
            Fact::Latitude => place
                .coordinates
                .map(|point| write_degrees(point.latitude).into()),
            Fact::Longitude => place
                .coordinates
                .map(|point| write_degrees(point.longitude).into()),
            Fact::Region => self.region_name().map(|name| name.to_owned().into()),
            Fact::Decision => Some(self.decision.into()),
            Fact::Source => self.source_name().map(Bytes::from),
        }
    }

    /// The name of who knew the place.
    pub(crate) fn source_name(&self) -> Option<&'static str> {
        let name = self.source?.name();
        Some(name.strip_prefix("source_").unwrap_or(name))
    }

    pub(crate) fn region_name(&self) -> Option<&str> {
        self.region.map(|region| region.name.as_str())
    }

    /// What later filters and access logs read: a JSON object. All values are codes, numbers and names from the
    /// configuration, so that nothing in it needs an escape.
    pub(crate) fn property(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(128);
        json.push(b'{');
        let mut text = |parts: [&str; 3]| {
            parts
                .iter()
                .for_each(|part| json.extend_from_slice(part.as_bytes()))
        };
        if let Some(country) = self.place.country {
            text(["\"country\":\"", country.code(), "\","]);
            let eu = country.in_european_union();
            text(["\"eu\":", if eu { "true" } else { "false" }, ","]);
        }
        if let Some(continent) = self.place.continent() {
            text(["\"continent\":\"", continent.code(), "\","]);
        }
        if let Some(subdivision) = self.place.subdivision.as_ref().filter(|own| is_code(own)) {
            text(["\"subdivision\":\"", subdivision, "\","]);
        }
        if let Some(asn) = self.place.asn {
            text(["\"asn\":", &asn.to_string(), ","]);
        }
        if let Some(region) = self.region {
            text(["\"region\":\"", &region.name, "\","]);
        }
        text(["\"decision\":\"", self.decision, "\"}"]);
        json
    }

    /// The debug header.
    pub(crate) fn explanation(&self) -> String {
        let country = self.place.country.map_or("unknown", |country| country.code());
        let mut text = ["country=", country].concat();
        let rule = self.rule.map(|rule| rule.to_string());
        let source = self.source_name();
        for (name, value) in [
            (
                "subdivision",
                self.place.subdivision.as_deref().filter(|own| is_code(own)),
            ),
            ("source", source),
            ("rule", rule.as_deref()),
            ("decision", Some(self.decision)),
            ("region", self.region_name()),
        ] {
            if let Some(value) = value {
                for part in ["; ", name, "=", value] {
                    text.push_str(part);
                }
            }
        }
        text
    }
}

fn is_code(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
