//! Words of Envoy's filters and of Istio's, found where a configuration of ours belongs.

use crate::FilterKind;

/// How to say here what `name`, a field that the filter doesn't know, says elsewhere.
pub(super) fn in_our_words(kind: FilterKind, name: &str) -> Option<&'static str> {
    let of_filter = match kind {
        FilterKind::JwtAuth => OF_JWT_AUTHN,
        FilterKind::RateLimit => OF_RATE_LIMITS,
        FilterKind::GeoRouting => OF_GEOIP,
        FilterKind::CacheHeaders => OF_HEADERS,
        FilterKind::CompressionNegotiation => OF_COMPRESSOR,
        FilterKind::EdgeSuite => &[],
    };
    let known = of_filter.iter().chain(OF_ROUTES);
    known
        .copied()
        .find(|(word, _)| *word == name)
        .map(|(_, help)| help)
}

/// Whose configuration a document with these fields is, if not one of ours.
pub(super) fn owner(names: &[&str]) -> Option<&'static str> {
    let has = |name: &str| names.contains(&name);
    OWNERS
        .iter()
        .copied()
        .find(|(fields, _)| fields.iter().all(|name| has(name)))
        .map(|(_, owner)| owner)
}

type Words = &'static [(&'static str, &'static str)];

const OF_JWT_AUTHN: Words = &[
    (
        "remote_jwks",
        "from Envoy's jwt_authn: here it's `jwks: {uri: …, cluster: …, timeout: 2s, refresh: 5m}`",
    ),
    (
        "local_jwks",
        "from Envoy's jwt_authn: here it's `jwks: {keys: [{kty: …}]}`, or `pem`",
    ),
    (
        "from_headers",
        "from Envoy's jwt_authn: here it's `from: {header: x-token}`",
    ),
    (
        "from_params",
        "from Envoy's jwt_authn: here it's `from: {query: token}`",
    ),
    (
        "from_cookies",
        "from Envoy's jwt_authn: here it's `from: {cookie: session}`",
    ),
    (
        "claim_to_headers",
        "from Envoy's jwt_authn: here it's `headers: {x-user: sub}`",
    ),
    (
        "clock_skew_seconds",
        "from Envoy's jwt_authn: here it's `leeway: 30s`",
    ),
    (
        "forward_payload_header",
        "from Envoy's jwt_authn: here it's `payload_header`",
    ),
    (
        "requires",
        "from Envoy's jwt_authn: here it's `require: corp`, a provider's name, or `{any: […]}`, `{all: […]}`",
    ),
    (
        "provider_name",
        "from Envoy's jwt_authn: here the name stands by itself: `require: corp`",
    ),
    (
        "bypass_cors_preflight",
        "from Envoy's jwt_authn: here it's `allow_cors_preflight`",
    ),
    (
        "jwtRules",
        "from Istio's RequestAuthentication: here each is one of `providers`, with `issuer` and `jwks: {uri: …, cluster: …}`",
    ),
    (
        "jwksUri",
        "from Istio's RequestAuthentication: here it's `jwks: {uri: …, cluster: …}`",
    ),
    ("jwks_uri", "here it's `jwks: {uri: …, cluster: …}`"),
    (
        "outputClaimToHeaders",
        "from Istio's RequestAuthentication: here it's `headers: {x-user: sub}`",
    ),
    (
        "forwardOriginalToken",
        "from Istio's RequestAuthentication: here it's `forward`",
    ),
];
const OF_RATE_LIMITS: Words = &[
    (
        "token_bucket",
        "from Envoy's local_ratelimit: here it's `requests: 100`, `per: 1m`, and `burst` for `max_tokens`",
    ),
    ("max_tokens", "from Envoy's local_ratelimit: here it's `burst`"),
    ("fill_interval", "from Envoy's local_ratelimit: here it's `per`"),
    (
        "requests_per_unit",
        "from Envoy's rate limit service: here it's `requests: 100` and `per: 1m`",
    ),
    (
        "rate_limit",
        "from Envoy's rate limit service: here it's `requests: 100` and `per: 1m`",
    ),
    (
        "descriptors",
        "from Envoy's rate limits: here each is one of `policies`, with a `key`",
    ),
    ("domain", "it's a field of `global`"),
    (
        "rate_limit_service",
        "from Envoy's ratelimit: here it's `global: {cluster: …, domain: …}`",
    ),
    (
        "failure_mode_deny",
        "from Envoy's ratelimit: here it's `global: {on_failure: deny}`",
    ),
];
const OF_GEOIP: Words = &[
    (
        "xff_config",
        "from Envoy's geoip: here it's `address: {header: x-forwarded-for, trusted_hops: 1}`, or Envoy's own `xff_num_trusted_hops`",
    ),
    (
        "geo_field_keys",
        "from Envoy's geoip: here it's `headers: {x-country: country}`",
    ),
    (
        "provider",
        "from Envoy's geoip: here it's `client: {database: {cluster: …, path: …}}`",
    ),
];
const OF_HEADERS: Words = &[
    (
        "response_headers_to_add",
        "from Envoy's routes: here it's a rule with `match` and `browser`",
    ),
    (
        "mutations",
        "from Envoy's header_mutation: here it's a rule with `match` and `browser`",
    ),
];
const OF_COMPRESSOR: Words = &[
    (
        "compressor_library",
        "it belongs to Envoy's own compressor, which stays behind this filter; here `prefer` says which codings it has",
    ),
    (
        "response_direction_config",
        "it belongs to Envoy's own compressor, which stays behind this filter",
    ),
    ("min_content_length", "here it's `min_length`"),
    ("content_type", "here it's `content_types`"),
];
const OF_ROUTES: Words = &[
    ("prefix", "here it's `path: /api/*`: a star at the end"),
    ("exact", "a path without a star is exact: `path: /health`"),
    (
        "regex",
        "no filter takes regular expressions: a path is exact (/a), ends in a star (/a/*, *.css), or has names (/a/{id})",
    ),
    (
        "safe_regex",
        "no filter takes regular expressions: a path is exact (/a), ends in a star (/a/*, *.css), or has names (/a/{id})",
    ),
    ("path_separated_prefix", "here it's `path: [/api, /api/*]`"),
];

const OWNERS: &[(&[&str], &str)] = &[
    (
        &["domain", "descriptors"],
        "the limits of a rate limit service; rate-limit's own are `policies`",
    ),
    (
        &["compressor_library"],
        "Envoy's compressor; compression-negotiation stands before it, and `prefer` is all it needs",
    ),
    (
        &["token_bucket"],
        "Envoy's local_ratelimit; rate-limit's own are `policies`",
    ),
    (&["providers", "requirement_map"], "Envoy's jwt_authn"),
    (&["jwtRules"], "Istio's RequestAuthentication"),
];
