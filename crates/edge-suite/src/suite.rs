use crate::{member::Member, section::Section};
use cache_headers::CacheHeaders;
use compression_negotiation::CompressionNegotiation;
use geo_routing::GeoRouting;
use http_filter::{Host, Settings, document};
use jwt_auth::JwtAuth;
use rate_limit::RateLimit;
use std::time::Duration;

document! {
    /// The configuration of the suite: each filter's own, in a section of its name.
    pub struct Sections {
        /// The configuration of jwt-auth.
        pub(crate) jwt_auth ("jwt_auth"): Section<JwtAuth>,
        /// The configuration of rate-limit.
        pub(crate) rate_limit ("rate_limit"): Section<RateLimit>,
        /// The configuration of geo-routing.
        pub(crate) geo_routing ("geo_routing"): Section<GeoRouting>,
        /// The configuration of compression-negotiation.
        pub(crate) compression_negotiation ("compression_negotiation"): Section<CompressionNegotiation>,
        /// The configuration of cache-headers.
        pub(crate) cache_headers ("cache_headers"): Section<CacheHeaders>,
    }
}

/// All five filters as one. Those that have no section aren't there.
pub struct EdgeSuite {
    pub(crate) members: Vec<Member>,
    pub(crate) settings: Settings,
}

impl EdgeSuite {
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// How long until the first filter is due.
    pub(crate) fn next_tick(&self, host: &dyn Host) -> Option<Duration> {
        let first = self.members.iter().filter_map(Member::due).min()?;
        Some(first.saturating_sub(host.now()))
    }
}

/// No suite has more filters: the tokens of their calls and the tenants of their crowds are told apart by it.
pub(crate) const MOST_MEMBERS: u32 = 5;
