use crate::{
    config::trust::Trust,
    counter::Counter,
    document::{fact::Fact, tester::TesterDocument},
    request::{collected::Collected, facts::RequestFacts},
};
use geo_database::{Country, Place};
use http_fields::parse_address;
use http_filter::{ConfigError, FieldName};
use std::net::IpAddr;

/// How testers say where they want to be.
#[derive(Clone, Debug)]
pub(crate) struct Tester {
    pub(crate) header: FieldName,
    pub(crate) trust: Trust,
}

/// Where a tester wants to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    At(Place),
    As(IpAddr),
    Region(String),
}

impl Tester {
    pub(crate) fn compile(document: TesterDocument) -> Result<Self, ConfigError> {
        let trust = Trust::compile(document.trust, "tester.trust")?;
        if trust.is_anyone() {
            let expected = "a condition that not every client meets";
            return Err(ConfigError::at("tester", "trust", "\"anyone\"", expected));
        }
        Ok(Self {
            header: document.header,
            trust,
        })
    }

    /// Where the tester wants to be; `None` where there is no wish that is believed and makes sense.
    pub(crate) fn wish(&self, facts: &RequestFacts) -> Option<Wish> {
        let said = facts.request.single(&self.header).ok().flatten();
        let wish = said.filter(|_| self.trust.holds(facts)).and_then(parse);
        if wish.is_none() && facts.request.contains(&self.header) {
            Counter::TesterRefused.count(facts.host);
        }
        wish
    }
}

fn parse(text: &[u8]) -> Option<Wish> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if let Some(name) = text.strip_prefix("region:") {
        return Some(Wish::Region(name.to_owned()));
    }
    if let Some(address) = parse_address(text.as_bytes()) {
        return Some(Wish::As(address));
    }
    let (country, subdivision) = text.split_once('-').unwrap_or((text, ""));
    let mut said = Collected::default();
    said.put(Fact::Country, country.as_bytes());
    said.put(Fact::Subdivision, subdivision.as_bytes());
    Country::parse(country.as_bytes()).map(|_| Wish::At(said.finish().0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes() {
        let at = |country: &str, subdivision: Option<&str>| {
            Some(Wish::At(Place {
                subdivision: subdivision.map(str::to_owned),
                ..Place::of_country(Country::parse(country.as_bytes()))
            }))
        };
        for (text, expected) in [
            ("DE", at("DE", None)),
            ("us-ca", at("US", Some("CA"))),
            ("8.8.8.8", Some(Wish::As("8.8.8.8".parse().unwrap()))),
            ("[2001:db8::1]:80", Some(Wish::As("2001:db8::1".parse().unwrap()))),
            ("region:eu", Some(Wish::Region("eu".into()))),
            ("XX", None),
            ("", None),
            ("\u{fffd}", None),
        ] {
            assert_eq!(parse(text.as_bytes()), expected, "{text:?}");
        }
    }
}
