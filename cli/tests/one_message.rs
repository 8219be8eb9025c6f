//! One mistake, one message: what is missing, empty or unknown only since another value is wrong isn't told as well.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use FilterKind::{CacheHeaders, CompressionNegotiation, EdgeSuite, GeoRouting, JwtAuth, RateLimit};
use edge_filters::{
    FilterKind,
    check::{Presence, Severity, check},
    find::Source,
};
use serde_json::{Value, json};

fn messages(kind: FilterKind, text: &str) -> Vec<String> {
    let source = Source {
        name: "policy.yaml".to_owned(),
        text: text.to_owned(),
    };
    let report = check(&[source], Some(kind), &|_, _| Presence::Unknown);
    let wrong = report
        .findings
        .iter()
        .filter(|finding| finding.rule.severity() != Severity::Note);
    wrong.map(edge_filters::check::Finding::sentence).collect()
}

/// A name, the filter, its configuration, and how each message begins behind the filter's name.
type Row = (&'static str, FilterKind, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        "an address of keys that is a number",
        JwtAuth,
        "providers: {corp: {issuer: https://idp.example.com, jwks: {uri: 5, cluster: idp}}}",
        &["providers.corp.jwks.uri: found 5"],
    ),
    (
        "keys that are a text",
        JwtAuth,
        "providers: {corp: {issuer: https://idp.example.com, jwks: https://idp.example.com/keys}}",
        &["providers.corp.jwks: found \"https://idp.example.com/keys\""],
    ),
    (
        "keys that are none, of a provider that a rule names",
        JwtAuth,
        "{providers: {corp: {issuer: https://idp.example.com, jwks: {keys: nonsense}}}, rules: [{require: corp}]}",
        &["providers.corp.jwks.keys: found "],
    ),
    (
        "a certificate that is none",
        JwtAuth,
        "providers: {corp: {issuer: https://idp.example.com, pem: nonsense}}",
        &["providers.corp.pem: found "],
    ),
    (
        "a misspelt algorithm",
        JwtAuth,
        "providers: {corp: {issuer: https://idp.example.com, algorithms: RS257, jwks: {uri: https://idp.example.com/keys, cluster: idp}}}",
        &["providers.corp.algorithms[0]: found \"RS257\""],
    ),
    (
        "a provider without keys beside one with wrong ones",
        JwtAuth,
        "providers: {a: {issuer: https://a.example.com, jwks: 5}, b: {issuer: https://b.example.com}}",
        &["providers.a.jwks: found 5", "providers.b: found no keys"],
    ),
    (
        "an amount in words, of a policy that a rule names",
        RateLimit,
        "{policies: {a: {key: client_ip, requests: lots, per: 1m}}, rules: [{limit: a}]}",
        &["policies.a.requests: found \"lots\""],
    ),
    (
        "a time without unit",
        RateLimit,
        "{policies: {a: {key: client_ip, requests: 5, per: 60}}, rules: [{limit: a}]}",
        &["policies.a.per: found 60"],
    ),
    (
        "a cluster that is a number",
        RateLimit,
        "{policies: {a: {key: client_ip, requests: 5, per: 1m, scope: global}}, global: {cluster: 5, domain: edge}}",
        &["global.cluster: found 5"],
    ),
    (
        "two mistakes in two policies",
        RateLimit,
        "policies: {a: {key: client_ip, requests: lots, per: 1m}, b: {key: client_ip, requests: 5, per: soon}}",
        &[
            "policies.a.requests: found \"lots\"",
            "policies.b.per: found \"soon\"",
        ],
    ),
    (
        "a region's cluster that is a number",
        GeoRouting,
        "{client: {header: x-country, trust: {peers: 10.0.0.0/8}}, regions: {eu: {cluster: 5}}, fallback: eu, rules: [{route: eu}]}",
        &["regions.eu.cluster: found 5"],
    ),
    (
        "a place in words",
        GeoRouting,
        "{client: {header: x-country, trust: {peers: 10.0.0.0/8}}, regions: {eu: {cluster: edge, at: \"50,9\"}}, fallback: eu, rules: [{route: nearest}]}",
        &["regions.eu.at: found \"50,9\""],
    ),
    (
        "a source that is a number",
        GeoRouting,
        "{client: {header: 5, trust: {peers: 10.0.0.0/8}}, rules: [{when: {country: KP}, block: 451}]}",
        &["client.header: found 5"],
    ),
    (
        "a country of three letters",
        GeoRouting,
        "{client: {header: x-country, trust: {peers: 10.0.0.0/8}}, rules: [{when: {country: DEU}, block: 451}]}",
        &["rules[0].when.country: found \"DEU\""],
    ),
    (
        "a time in words, all that a rule sets",
        CacheHeaders,
        "rules: [{match: {path: /a}, browser: {max_age: forever}}]",
        &["rules[0].browser.max_age: found \"forever\""],
    ),
    (
        "a misspelt preset, all that a rule sets",
        CacheHeaders,
        "rules: [{match: {path: /a}, preset: imutable}]",
        &["rules[0].preset: found \"imutable\""],
    ),
    (
        "a misspelt coding, all that a rule sets",
        CompressionNegotiation,
        "rules: [{match: {path: /a}, prefer: gzipp}]",
        &["rules[0].prefer: found \"gzipp\""],
    ),
    (
        "a misspelt coding",
        CompressionNegotiation,
        "prefer: [zst, br]",
        &["prefer[0]: found \"zst\""],
    ),
    (
        "a wrong section of a suite",
        EdgeSuite,
        "rate_limit: {policies: {a: {key: client_ip, requests: lots, per: 1m}}, rules: [{limit: a}]}",
        &["rate_limit.policies.a.requests: found \"lots\""],
    ),
];

#[test]
fn what_follows_from_a_mistake_is_not_told() {
    let mut wrong = Vec::new();
    for (name, kind, text, expected) in ROWS {
        let found = messages(*kind, text);
        let begins = |(message, start): (&String, &&str)| {
            let (_, message) = message.split_once(": ").unwrap_or_default();
            message.starts_with(*start)
        };
        if found.len() != expected.len() || !found.iter().zip(*expected).all(begins) {
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Configurations with most of what a filter knows; each value of theirs is put wrong, one after the other.
fn full() -> [(FilterKind, Value); 5] {
    [
        (
            JwtAuth,
            json!({
                "providers": {
                    "corp": {
                        "issuer": "https://idp.example.com", "audiences": ["orders"], "algorithms": ["RS256"],
                        "jwks": {"uri": "https://idp.example.com/keys", "cluster": "idp", "timeout": "2s", "refresh": "5m"},
                        "headers": {"x-user": "sub", "x-roles": {"claim": "roles", "format": "csv"}},
                        "from": [{"header": "authorization", "scheme": "Bearer"}, {"cookie": "session"}],
                        "leeway": "10s", "claims": {"tenant": "a"}, "scopes": ["read"],
                    },
                    "partner": {"issuer": "https://p.example.com", "jwks": {"uri": "https://p.example.com/keys", "cluster": "idp"}},
                },
                "rules": [
                    {"match": {"path": "/public/*", "methods": ["GET"]}, "allow": "anyone"},
                    {"match": {"path": "/admin/*"}, "require": "corp", "claims": {"role": "admin"}},
                    {"require": {"any": ["corp", "partner"]}},
                ],
                "deny": {"jti": ["a"]},
            }),
        ),
        (
            RateLimit,
            json!({
                "policies": {
                    "site": {"key": [], "requests": 1000, "per": "1s"},
                    "user": {"key": [{"claim": "sub"}, "client_ip"], "requests": 100, "per": "1m", "burst": 20, "scope": "local"},
                },
                "rules": [
                    {"match": {"path": "/health", "methods": ["GET"]}, "limit": []},
                    {"match": {"path": "/api/*"}, "limit": ["site", "user"]},
                    {"limit": "site"},
                ],
                "global": {"cluster": "limits", "domain": "edge", "timeout": "20ms", "on_failure": "local"},
                "headers": {"x_ratelimit": "always"},
            }),
        ),
        (
            GeoRouting,
            json!({
                "client": [{"header": "cf-ipcountry", "trust": {"peers": ["10.0.0.0/8"]}}],
                "regions": {"eu": {"cluster": "edge-eu", "at": [50, 9]}, "us": {"cluster": "edge-us", "at": [39, -77]}},
                "fallback": "eu",
                "rules": [
                    {"when": {"country": ["KP"]}, "block": 451},
                    {"match": {"path": "/a/*"}, "when": {"eu": true}, "route": "eu"},
                    {"route": "nearest"},
                ],
                "headers": {"x-country": "country"},
            }),
        ),
        (
            CacheHeaders,
            json!({
                "rules": [
                    {"name": "assets", "match": {"path": "/assets/*", "status": "200"}, "browser": {"max_age": "1y", "immutable": true}},
                    {"match": {"content_type": "text/html"}, "mode": "default", "browser": {"no_cache": true}, "cdn": {"max_age": "1m"}},
                    {"match": {"path": ["/api/*"]}, "preset": "api"},
                ],
                "debug": {"header": "x-cache-policy"},
            }),
        ),
        (
            CompressionNegotiation,
            json!({
                "prefer": ["zstd", "br", "gzip"],
                "min_length": "1KiB",
                "rules": [
                    {"match": {"path": "*.js"}, "prefer": ["br", "gzip"]},
                    {"match": {"headers": {"user-agent": "*Bot*"}}, "prefer": "identity"},
                ],
            }),
        ),
    ]
}

#[test]
fn every_value_put_wrong_has_one_message() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (kind, whole) in full() {
        let before = messages(kind, &whole.to_string());
        assert_eq!(before, [""; 0], "{kind:?} as it is");
        for place in places(&whole) {
            for nonsense in [
                json!({"nonsense": true}),
                json!(-0.5),
                json!(""),
                json!("no/such thing"),
            ] {
                let mut spoilt = whole.clone();
                *spoilt.pointer_mut(&place).unwrap() = nonsense.clone();
                let found = messages(kind, &spoilt.to_string());
                tried += 1;
                // Some texts are as good as others there.
                if found.len() > 1 {
                    wrong.push(format!("{kind:?} {place} = {nonsense}: {found:#?}"));
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// JSON pointers (RFC 6901) to all that stands in a value.
fn places(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.replace('/', "~1"), member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    let of_part = |(step, part): (String, &Value)| {
        let here = format!("/{step}");
        let below = places(part)
            .into_iter()
            .map(|rest| format!("{here}{rest}"))
            .collect::<Vec<_>>();
        std::iter::once(here.clone()).chain(below).collect::<Vec<_>>()
    };
    inner.into_iter().flat_map(of_part).collect()
}
