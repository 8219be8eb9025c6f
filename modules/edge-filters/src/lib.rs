//! The native module of all filters, and of all five as one.

use http_filter_dynamic_module::Entry;

http_filter_dynamic_module::export!(
    Entry::of::<jwt_auth::JwtAuth>(),
    Entry::of::<rate_limit::RateLimit>(),
    Entry::of::<geo_routing::GeoRouting>(),
    Entry::of::<compression_negotiation::CompressionNegotiation>(),
    Entry::of::<cache_headers::CacheHeaders>(),
    Entry::suite::<edge_suite::EdgeSuite>(&[
        "jwt-auth",
        "rate-limit",
        "geo-routing",
        "compression-negotiation",
        "cache-headers",
    ]),
);
