//! Which places a rule is for, as it is written.

use geo_database::{Continent, Country};
use http_filter::{
    OneOrMany, document,
    document::{Nested, Pairs, Text},
};

document! {
    /// Which places a rule is for. All that is given must hold; of a list, one.
    pub(crate) struct ConditionDocument {
        /// Alpha-2 codes.
        pub(crate) country ("country"): OneOrMany<CountryCode>,
        /// Names under `groups`. A country of `country` or of a group will do.
        pub(crate) group ("group"): OneOrMany<String>,
        /// `AF`, `AN`, `AS`, `EU`, `NA`, `OC`, `SA`.
        pub(crate) continent ("continent"): OneOrMany<ContinentCode>,
        /// ISO 3166-2 codes: `US-CA`.
        pub(crate) subdivision ("subdivision"): OneOrMany<SubdivisionCode>,
        /// Whether the law of the European Union holds there.
        pub(crate) eu ("eu"): Option<bool>,
        /// Numbers of autonomous systems.
        pub(crate) asn ("asn"): OneOrMany<u32>,
        /// Whether the country is unknown.
        pub(crate) unknown ("unknown"): Option<bool>,
        /// A condition that must not hold. An unknown place is in no country, so it is in none of these either.
        pub(crate) not ("not"): Option<Nested<ConditionDocument>>,
    }
}

/// A country, in a configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountryCode(pub(crate) Country);

impl Text for CountryCode {
    const EXPECTED: &'static str = "the alpha-2 code of a country (ISO 3166-1), such as \"DE\"";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z]{2}$");

    fn parse(text: &str) -> Option<Self> {
        Country::parse(text.as_bytes()).map(Self)
    }
}

/// A continent, in a configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContinentCode(pub(crate) Continent);

impl Text for ContinentCode {
    const EXPECTED: &'static str = "one of \"AF\", \"AN\", \"AS\", \"EU\", \"NA\", \"OC\", \"SA\"";
    const PATTERN: Option<&'static str> = Some("^([aA][fFnNsS]|[eE][uU]|[nN][aA]|[oO][cC]|[sS][aA])$");

    fn parse(text: &str) -> Option<Self> {
        Continent::parse(text.as_bytes()).map(Self)
    }
}

/// A subdivision of a country, in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubdivisionCode(pub(crate) Country, pub(crate) String);

impl Text for SubdivisionCode {
    const EXPECTED: &'static str = "the code of a subdivision (ISO 3166-2), such as \"US-CA\"";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z]{2}-[0-9A-Za-z]{1,3}$");

    fn parse(text: &str) -> Option<Self> {
        let (country, own) = text.split_once('-')?;
        let valid = (1..=3).contains(&own.len()) && own.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let country = Country::parse(country.as_bytes()).filter(|_| valid)?;
        Some(Self(country, own.to_ascii_uppercase()))
    }
}

/// The lists of countries under `groups`.
pub(crate) type Groups = Pairs<String, OneOrMany<CountryCode>>;
