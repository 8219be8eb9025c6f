//! A region, as it is written.

use crate::document::{condition::ConditionDocument, place::Degrees};
use http_filter::{OneOrMany, document};

document! {
    /// A place of ours that serves requests.
    pub(crate) struct RegionDocument {
        /// The Envoy cluster that serves it.
        pub(crate) cluster ("cluster", required "the name of an Envoy cluster"): String,
        /// Its latitude and longitude in degrees; without them it is never the nearest.
        pub(crate) at ("at"): Option<Degrees>,
        /// Clients that belong to it wherever they are nearest to.
        pub(crate) pin ("pin"): ConditionDocument,
        /// How far it reaches: with 2 every client seems half as far away as it is.
        pub(crate) weight ("weight", default "1"): Option<f64>,
        /// Takes no requests for now.
        pub(crate) drain ("drain"): bool,
        /// Who serves its clients while it is drained, in order; the nearest other one when none is given.
        pub(crate) fallback ("fallback"): OneOrMany<String>,
    }
}
