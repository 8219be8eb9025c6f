pub(crate) mod address;
pub(crate) mod block;
pub(crate) mod condition;
pub(crate) mod database;
pub(crate) mod fact;
pub(crate) mod guard;
pub(crate) mod network;
pub(crate) mod place;
pub(crate) mod preset;
pub(crate) mod redirect;
pub(crate) mod region;
pub(crate) mod rule;
pub(crate) mod source;
pub(crate) mod tester;
pub(crate) mod trust;

use crate::document::{
    address::AddressDocument, condition::Groups, fact::Fact, guard::GuardDocument, network::Network,
    place::PlaceDocument, region::RegionDocument, rule::RuleDocument, source::SourceDocument,
    tester::TesterDocument, trust::TrustDocument,
};
use http_filter::{
    FieldName, Mode, OneOrMany, Publish, document,
    document::{Brief, Pairs},
};

document! {
    /// The configuration of geo-routing: from an address to the right region.
    pub struct Document {
        /// `enforce`, or `shadow`: decide, count and log, but leave requests as they are.
        pub(crate) mode ("mode"): Mode,
        /// Whether routes may override this configuration.
        pub(crate) per_route ("per_route"): bool,
        /// Who may read where the client is and what was decided.
        pub(crate) publish ("publish"): Publish,
        /// Where clients' addresses stand; the first that knows it.
        pub(crate) address ("address", default "source"): OneOrMany<Brief<AddressDocument>>,
        /// Who knows where clients are; the first that knows the country.
        pub(crate) client ("client"): OneOrMany<SourceDocument>,
        /// Networks whose place is known better, by the longest prefix, before any source is asked.
        pub(crate) overrides ("overrides"): Pairs<Network, Brief<PlaceDocument>>,
        /// Where private and reserved addresses are, which no database is asked about.
        pub(crate) reserved ("reserved", default "unknown"): Brief<PlaceDocument>,
        /// Lists of countries by name.
        pub(crate) groups ("groups"): Groups,
        /// Our regions by name.
        pub(crate) regions ("regions"): Pairs<String, RegionDocument>,
        /// The regions for clients whose place isn't known, in order.
        pub(crate) fallback ("fallback"): OneOrMany<String>,
        /// What becomes of requests; the first that fits.
        pub(crate) rules ("rules"): OneOrMany<RuleDocument>,
        /// The request header in which the region's cluster is named, for Envoy's `cluster_header` and header matches.
        pub(crate) cluster_header ("cluster_header"): FieldName = FieldName::of("x-edge-cluster"),
        /// Request headers to set, and what to.
        pub(crate) headers ("headers"): Pairs<FieldName, Fact> = default_headers(),
        /// How testers say where they want to be.
        pub(crate) tester ("tester"): Option<TesterDocument>,
        /// A response header that explains the decision.
        pub(crate) debug ("debug"): Option<DebugDocument>,
        /// What keeps shared caches from mixing places up.
        pub(crate) cache_guard ("cache_guard", default "auto"): Brief<GuardDocument>,
    }
}

document! {
    /// A response header that explains the decision.
    pub(crate) struct DebugDocument {
        /// Its name.
        pub(crate) header ("header", required "the response header that explains the decision"): FieldName,
        /// Who gets to see it.
        pub(crate) trust ("trust"): Option<Brief<TrustDocument>>,
    }
}

fn default_headers() -> Pairs<FieldName, Fact> {
    Pairs(vec![(FieldName::of("x-geo-country"), Fact::Country)])
}
