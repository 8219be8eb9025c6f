//! Instructions for one request and its response, per filter: `cargo bench -p bench-instructions`, under valgrind.
#![allow(missing_docs, unreachable_pub, reason = "the macros write public items")]

use ::{
    cache_headers::CacheHeaders, compression_negotiation::CompressionNegotiation, edge_suite::EdgeSuite,
    geo_routing::GeoRouting, jwt_auth::JwtAuth, rate_limit::RateLimit,
};
use bench_instructions::{InstantHost, KEY, Prepared};
use gungraun::{library_benchmark, library_benchmark_group, main};
use http_filter::{Decision, FilterConfig, ResponsePlan};
use std::hint::black_box;

/// What a run gives back: dropped after the count has ended.
type Done<C> = (Prepared<C>, Decision, ResponsePlan);

fn warm<C: FilterConfig>(configuration: &str) -> Prepared<C> {
    Prepared::new(configuration, InstantHost::default(), true)
}

fn jwt(rest: &str) -> String {
    format!(
        r#"{{"providers": {{"joe": {{"issuer": "joe", "jwks": {{"keys": [{KEY}]}}, "headers": {{"x-user": "iss"}}}}}}{rest}}}"#
    )
}

fn seen() -> Prepared<JwtAuth> {
    warm(&jwt(""))
}

fn new(verifies: bool) -> Prepared<JwtAuth> {
    Prepared::new(&jwt(""), InstantHost::verifying(verifies), false)
}

/// So many rules of which the last decides.
fn ruled(rules: usize) -> Prepared<JwtAuth> {
    let passed: Vec<_> = (1..rules)
        .map(|number| format!(r#"{{"match": {{"path": "/section{number}/*"}}, "allow": "anyone"}}"#))
        .collect();
    warm(&jwt(&format!(
        r#", "rules": [{}, {{"require": "joe"}}]"#,
        passed.join(", ")
    )))
}

#[library_benchmark]
#[bench::seen_before(seen())]
#[bench::new_verified_by_the_host(new(true))]
#[bench::new_verified_in_rust(new(false))]
#[bench::seen_before_100_rules(ruled(100))]
fn jwt_auth(prepared: Prepared<JwtAuth>) -> Done<JwtAuth> {
    black_box(prepared.run())
}

#[library_benchmark]
#[bench::one_policy(warm(
    r#"{"policies": {"a": {"key": {"header": "x-api-key"}, "requests": 1000, "per": "1m"}}}"#
))]
#[bench::three_policies(warm(r#"{"policies": {"a": {"key": {"header": "x-api-key"}, "requests": 1000, "per": "1m"}, "b": {"requests": 1000, "per": "1m"}, "c": {"key": [], "requests": 1000, "per": "1m"}}}"#))]
fn rate_limit(prepared: Prepared<RateLimit>) -> Done<RateLimit> {
    black_box(prepared.run())
}

const REGIONS: &str = r#""regions": {"eu": {"cluster": "eu", "at": [50, 9]}, "us": {"cluster": "us", "at": [39, -77]}}, "fallback": "eu""#;

fn located() -> Prepared<GeoRouting> {
    warm(&located_document())
}

fn located_document() -> String {
    let rules = r#""rules": [{"when": {"country": "KP"}, "block": 451}, {"when": {"eu": true}, "route": "eu"}, {"route": "nearest"}]"#;
    format!(
        r#"{{"client": {{"property": "source.client_region"}}, "overrides": {{"8.8.0.0/16": "US"}}, {REGIONS}, {rules}}}"#
    )
}

#[library_benchmark]
#[bench::nearest_region(located())]
fn geo_routing(prepared: Prepared<GeoRouting>) -> Done<GeoRouting> {
    black_box(prepared.run())
}

#[library_benchmark]
#[bench::default(warm("{}"))]
#[bench::rules(warm(r#"{"rules": [{"match": {"path": "*.js"}, "prefer": ["br", "gzip"]}, {"match": {"headers": {"user-agent": "*AncientBot*"}}, "prefer": "identity"}]}"#))]
fn compression_negotiation(prepared: Prepared<CompressionNegotiation>) -> Done<CompressionNegotiation> {
    black_box(prepared.run())
}

const RULES: &str = r#"{"rules": [{"match": {"path": "/assets/*", "status": 200}, "preset": "immutable_assets"}, {"match": {"content_type": "text/html"}, "preset": "html"}, {"browser": {"max_age": "1m"}, "cdn": {"max_age": "1h"}}]}"#;

#[library_benchmark]
#[bench::three_rules(warm(RULES))]
fn cache_headers(prepared: Prepared<CacheHeaders>) -> Done<CacheHeaders> {
    black_box(prepared.run())
}

/// All five with one snapshot, configured as each of them above.
fn suite() -> Prepared<EdgeSuite> {
    warm(&format!(
        r#"{{"jwt_auth": {}, "rate_limit": {{"policies": {{"a": {{"key": {{"header": "x-api-key"}}, "requests": 1000, "per": "1m"}}}}}}, "geo_routing": {}, "compression_negotiation": {{}}, "cache_headers": {RULES}}}"#,
        jwt(""),
        located_document(),
    ))
}

#[library_benchmark]
#[bench::all_five(suite())]
fn edge_suite(prepared: Prepared<EdgeSuite>) -> Done<EdgeSuite> {
    black_box(prepared.run())
}

library_benchmark_group!(
    name = filters,
    benchmarks = [
        jwt_auth,
        rate_limit,
        geo_routing,
        compression_negotiation,
        cache_headers,
        edge_suite
    ]
);

main!(library_benchmark_groups = filters);
