//! The native module of all filters, and of all five as one.

use http_filter_dynamic_module::Entry;

http_filter_dynamic_module::export!(
    JWT_AUTH,
    RATE_LIMIT,
    GEO_ROUTING,
    COMPRESSION_NEGOTIATION,
    CACHE_HEADERS,
    Entry::suite::<edge_suite::EdgeSuite>(
        const {
            &[
                JWT_AUTH,
                RATE_LIMIT,
                GEO_ROUTING,
                COMPRESSION_NEGOTIATION,
                CACHE_HEADERS,
            ]
        }
    ),
);

const JWT_AUTH: Entry = Entry::of::<jwt_auth::JwtAuth>();
const RATE_LIMIT: Entry = Entry::of::<rate_limit::RateLimit>();
const GEO_ROUTING: Entry = Entry::of::<geo_routing::GeoRouting>();
const COMPRESSION_NEGOTIATION: Entry = Entry::of::<compression_negotiation::CompressionNegotiation>();
const CACHE_HEADERS: Entry = Entry::of::<cache_headers::CacheHeaders>();
