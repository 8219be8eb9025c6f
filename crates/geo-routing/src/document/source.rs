//! A source, as it is written.

use crate::document::{database::DatabaseDocument, fact::Input, preset::Preset, trust::TrustDocument};
use http_filter::{
    FieldName, document,
    document::{Brief, Pairs},
};

document! {
    /// Somebody who knows where clients are. Exactly one of `preset`, `header`, `headers`, `filter_state`, `property` and `database`.
    pub(crate) struct SourceDocument {
        /// The headers of a CDN.
        pub(crate) preset ("preset"): Option<Preset>,
        /// A header with a country's code.
        pub(crate) header ("header"): Option<FieldName>,
        /// Headers, and what stands in them.
        pub(crate) headers ("headers"): Pairs<FieldName, Input>,
        /// When headers are believed.
        pub(crate) trust ("trust"): Option<Brief<TrustDocument>>,
        /// Filter state that holds a JSON object, such as `envoy.geoip` of Envoy's network filter.
        pub(crate) filter_state ("filter_state"): Option<String>,
        /// The members of that object, and what stands in them.
        pub(crate) keys ("keys"): Pairs<String, Input>,
        /// A property that holds a country's code, such as `source.client_region`.
        pub(crate) property ("property"): Option<String>,
        /// A database that is asked for the client's address.
        pub(crate) database ("database"): Option<Brief<DatabaseDocument>>,
    }
}
