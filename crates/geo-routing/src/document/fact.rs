use http_filter::{choice, document::First};

choice! {
    /// Something about a request that sources say, or that is said of it.
    pub(crate) enum Fact {
        /// The alpha-2 code of the country.
        Country = "country",
        /// The continent's code.
        Continent = "continent",
        /// The second part of the ISO 3166-2 code.
        Subdivision = "subdivision",
        /// The city.
        City = "city",
        /// The number of the autonomous system.
        Asn = "asn",
        /// In degrees.
        Latitude = "latitude",
        /// In degrees.
        Longitude = "longitude",
        /// The name of one of our regions.
        Region = "region",
        /// Whether the law of the European Union holds there.
        Eu = "eu",
        /// What was decided.
        Decision = "decision",
        /// Who knew the place.
        Source = "source",
    }
}

/// A fact that sources say.
pub(crate) type Input = First<Fact, 8>;
