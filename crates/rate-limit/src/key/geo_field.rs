use http_filter::choice;

choice! {
    /// What geo-routing publishes of a client.
    pub(crate) enum GeoField {
        /// The country.
        Country = "country",
        /// The continent.
        Continent = "continent",
        /// The region that serves it.
        Region = "region",
    }
}

impl GeoField {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Continent => "continent",
            Self::Region => "region",
        }
    }
}
