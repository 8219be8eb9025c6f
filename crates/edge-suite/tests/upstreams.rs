//! Whatever an upstream takes for a refused resource is not let through, not uncounted and not unblocked, however it is spelt.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use geo_routing::GeoRouting;
use http_fields::path::normal_form;
use http_filter::{Decision, FilterConfig, Headers, PathPattern, Plugin};
use http_filter_test::{
    FakeHost,
    upstream::{Step, resource},
};
use jwt_auth::JwtAuth;
use proptest::prelude::*;
use rate_limit::RateLimit;
use serde_json::{Value, json};
use std::rc::Rc;

const PATTERNS: [&str; 8] = [
    "/a/*", "/a", "/A/b/*", "*.css", "/b/*.css", "/{x}/b", "/b;c/*", "/B/*",
];

/// Whether the first of `rules` for `resource` is a closed one; the rest is open. `folds`: to who doesn't tell cases apart.
fn is_closed(rules: &[(usize, bool)], resource: &[u8], folds: bool) -> bool {
    let folded = resource.to_ascii_lowercase();
    let resource = normal_form(if folds { &folded } else { resource });
    let matches = |number: usize| {
        let pattern = PATTERNS[number];
        let folded = pattern.to_lowercase();
        let pattern: PathPattern = if folds { &folded } else { pattern }.parse().unwrap();
        pattern.matches(&normal_form(&resource), false)
    };
    rules
        .iter()
        .find(|(number, _)| matches(*number))
        .is_some_and(|(_, closed)| *closed)
}

fn rules(rules: &[(usize, bool)], folds: bool, closed: &Value, open: &Value) -> Value {
    let rest = [(None, false)];
    let all = rules
        .iter()
        .map(|(number, closed)| (Some(PATTERNS[*number]), *closed))
        .chain(rest);
    all.map(|(path, is_closed)| {
        let mut rule = if is_closed { closed.clone() } else { open.clone() };
        rule["match"] = path.map_or(json!({}), |path| json!({"path": path, "ignore_case": folds}));
        rule
    })
    .collect()
}

fn passes<C: FilterConfig>(config: &Value, request: &Headers, times: usize) -> bool {
    let plugin = Rc::new(Plugin::<C>::new(Some(config.to_string().as_bytes())).unwrap());
    let host = FakeHost::default();
    let decide = |_| {
        matches!(
            Plugin::stream(&plugin).on_request_headers(request, &host),
            Decision::Continue(_)
        )
    };
    (0..times).map(decide).last().unwrap()
}

fn check(target: &str, chosen: &[(usize, bool)], steps: &[Step], folds: bool) {
    let resource = resource(target.as_bytes(), steps);
    if !is_closed(chosen, &resource, folds) {
        return;
    }
    let request: Headers = [(":method", "GET"), (":authority", "h"), (":path", target)]
        .into_iter()
        .collect();
    let said = format!(
        "{target} is {} after {steps:?}, under {chosen:?}, folded: {folds}",
        resource.escape_ascii()
    );
    let jwks = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]});
    for ambiguous in ["refuse", "protect"] {
        let config = json!({
            "providers": {"p": {"jwks": jwks.clone()}},
            "ambiguous_paths": ambiguous,
            "rules": rules(chosen, folds, &json!({"allow": "nobody"}), &json!({"allow": "anyone"})),
        });
        assert!(!passes::<JwtAuth>(&config, &request, 1), "let through: {said}");
    }
    let config = json!({
        "policies": {"p": {"key": [], "requests": 1, "per": "1h"}},
        "rules": rules(chosen, folds, &json!({"limit": "p"}), &json!({"limit": []})),
    });
    assert!(!passes::<RateLimit>(&config, &request, 2), "uncounted: {said}");
    let config = json!({
        "client": [{"header": "x-country", "trust": "anyone"}],
        "rules": rules(chosen, folds, &json!({"block": 403}), &json!({"pass": true})),
    });
    assert!(!passes::<GeoRouting>(&config, &request, 1), "unblocked: {said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_spelling_walks_round_a_rule(
        target in "/([aA]|[bB]|[.]css|/|[.]{1,2}|;|\\\\|%2[fFeE]|%5[cC]|%3[bBfF]|%61|%25|2e|2f|%00|%[cC]3|%c0%a[ef]|%e0%80%af|%20|[.]|h|%){0,9}",
        mut chosen in prop::collection::vec((0..PATTERNS.len(), any::<bool>()), 1..4),
        steps in prop::collection::vec(0..Step::ALL.len(), 0..8),
        folds: bool,
    ) {
        chosen.push((0, true));
        let steps: Vec<Step> = steps.into_iter().map(|number| Step::ALL[number]).collect();
        check(&target, &chosen, &steps, folds);
    }
}

/// What was found once.
#[test]
fn known_ways_round_a_rule() {
    use Step::{Decode, DropParameters, MergeSlashes, ResolveDots};
    for (target, steps, folds) in [
        ("/a;x/b", &[DropParameters][..], false),
        ("/;/a/b", &[DropParameters, MergeSlashes], false),
        ("/c/%2e%2e/../a/b", &[ResolveDots, Decode], false),
        ("/c/..%3b/a/b", &[Decode, DropParameters, ResolveDots], false),
        ("/c%252f..%252fa/b", &[Decode, Decode, ResolveDots], false),
        ("/A/b", &[], true),
        ("/%41;x/b", &[Decode, DropParameters], true),
    ] {
        check(target, &[(0, true)], steps, folds);
    }
}
