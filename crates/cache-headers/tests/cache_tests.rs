//! The oracle of storable and fresh, and the conditions, against http-tests/cache-tests: every test that asks whether a
//! first response answers a second request. Where the answer is another one, the reason stands here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
#![allow(clippy::print_stdout, reason = "the table is what the test shows")]

use cache_headers::{Cache, Condition, Freshness, Vary, http_date};
use http_filter::Headers;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

const NOW: i64 = 1_800_000_000;

/// The tests in which this filter's answer is not the one that the suite names, and why. None of them is required.
const DEVIATIONS: &[(&str, &str)] = &[
    (
        "freshness-max-age-two-fresh-stale-sameline",
        "check: of two lifetimes the shorter (RFC 9111 §4.2.1: first or stale)",
    ),
    (
        "freshness-max-age-two-fresh-stale-sepline",
        "check: the same over lines",
    ),
    (
        "freshness-max-age-two-stale-fresh-sameline",
        "check: the same the other way",
    ),
    (
        "freshness-max-age-two-stale-fresh-sepline",
        "check: the same over lines",
    ),
    (
        "freshness-max-age-decimal-zero",
        "check: no delta-seconds, so stale (§4.2.1)",
    ),
    (
        "freshness-max-age-decimal-five",
        "check: no delta-seconds, so stale",
    ),
    ("freshness-max-age-a100", "check: no delta-seconds, so stale"),
    ("freshness-max-age-100a", "check: no delta-seconds, so stale"),
    ("heuristic-delta-5", "check: a tenth of 5 s is no time"),
    (
        "heuristic-delta-10",
        "check: a tenth of 10 s is less than the pause",
    ),
    ("heuristic-delta-30", "check: 3 s are over after the pause of 3 s"),
    (
        "cdn-max-age-case-insensitive",
        "check: a Structured Field's keys are lower case (RFC 9651 §3.1.2)",
    ),
    (
        "method-POST",
        "optimal: responses to POST are not for storing here",
    ),
    (
        "vary-normalise-lang-order",
        "optimal: fields are compared as they come",
    ),
    (
        "vary-normalise-lang-case",
        "optimal: fields are compared as they come",
    ),
    (
        "vary-normalise-lang-space",
        "optimal: fields are compared as they come",
    ),
    (
        "vary-normalise-lang-select",
        "optimal: `languages` does this on the request side",
    ),
    (
        "vary-normalise-space",
        "optimal: fields are compared as they come",
    ),
    (
        "conditional-lm-fresh-no-lm",
        "optimal: without Last-Modified there is nothing to compare",
    ),
    (
        "conditional-etag-quoted-respond-unquoted",
        "check: what has no quotes is no entity tag",
    ),
    (
        "conditional-etag-unquoted-respond-unquoted",
        "check: what has no quotes is no entity tag",
    ),
    (
        "conditional-etag-unquoted-respond-quoted",
        "check: what has no quotes is no entity tag",
    ),
    (
        "conditional-etag-weak-respond-lowercase",
        "check: `w/` is not `W/` (RFC 9110 §8.8.3)",
    ),
    ("conditional-etag-weak-respond-backslash", "check: no entity tag"),
    ("conditional-etag-weak-respond-omit-slash", "check: no entity tag"),
];

const SUITES: &[&str] = &[
    "cc-freshness",
    "cc-parse",
    "age-parse",
    "expires",
    "expires-parse",
    "cc-response",
    "heuristic",
    "method",
    "status",
    "pragma",
    "vary",
    "vary-parse",
    "conditional-lm",
    "conditional-inm",
    "auth",
    "other",
    "cdn-cache-control",
];

#[test]
fn storable_and_fresh_as_the_suite_has_it() {
    let Some(folder) = http_filter_test::vectors("cache-tests") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("cache-tests.json")).unwrap();
    let suites: Vec<Value> = serde_json::from_str(&text).unwrap();
    let known: BTreeMap<&str, &str> = DEVIATIONS.iter().copied().collect();
    let (mut ran, mut unexpected, mut seen) = (0, Vec::new(), Vec::new());
    println!("{:20} {:>5} {:>5} {:>9}", "suite", "ran", "same", "deviating");
    for suite in &suites {
        let name = suite["id"].as_str().unwrap();
        if !SUITES.contains(&name) {
            continue;
        }
        let (mut of_suite, mut same) = (0, 0);
        for test in suite["tests"].as_array().unwrap() {
            let id = test["id"].as_str().unwrap();
            let Some((expected, found)) = judge(test) else {
                continue;
            };
            of_suite += 1;
            if expected == found {
                same += 1;
            } else if known.contains_key(id) {
                seen.push(id);
            } else {
                unexpected.push(format!("{id}: expected {expected}, found {found}"));
            }
            let required = test["kind"].is_null();
            assert!(!required || expected == found, "a required test deviates: {id}");
        }
        ran += of_suite;
        println!("{name:20} {of_suite:5} {same:5} {:9}", of_suite - same);
    }
    assert!(ran > 170, "only {ran} tests");
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    let gone: Vec<_> = known.keys().filter(|id| !seen.contains(id)).collect();
    assert!(gone.is_empty(), "no deviations any more: {gone:?}");
}

/// What the suite expects of the second request, and what the library says.
fn judge(test: &Value) -> Option<(&'static str, &'static str)> {
    let requests = test["requests"].as_array()?;
    let [first, second] = requests.as_slice() else {
        return None;
    };
    let expected = match (
        second["expected_status"].as_u64(),
        second["expected_type"].as_str()?,
    ) {
        (Some(304), _) => "304",
        (_, "cached") => "cached",
        (_, "not_cached") => "not cached",
        _ => return None,
    };
    if ["disconnect", "cache", "query_arg"]
        .iter()
        .any(|key| !second[*key].is_null())
    {
        return None;
    }
    let stored_request = request(first);
    let request = request(second);
    let response = response(first);
    if expected == "304" {
        let etag = response.single("etag").ok().flatten();
        let modified = response
            .first("last-modified")
            .and_then(|date| http_date::parse(date, NOW));
        let met =
            Condition::of(&request, || NOW).is_some_and(|condition| condition.is_met_by(etag, modified));
        return Some((expected, if met { "304" } else { "200" }));
    }
    let cache = if test["cdn_only"].as_bool() == Some(true) {
        Cache::Targeted(&["cdn-cache-control"])
    } else if test["browser_only"].as_bool() == Some(true) {
        Cache::Private
    } else {
        Cache::Shared
    };
    let freshness = Freshness::of(&stored_request, &response, cache, Duration::from_secs(NOW as u64));
    let pause = if first["pause_after"].as_bool() == Some(true) {
        3
    } else {
        0
    };
    let selected = selects(&response, &stored_request, &request) && request.method() == b"GET";
    let cached = freshness.serves_after(pause) && selected;
    Some((expected, if cached { "cached" } else { "not cached" }))
}

/// Whether the stored response is for this request too (RFC 9111 §4.1).
fn selects(response: &Headers, stored: &Headers, request: &Headers) -> bool {
    let vary = Vary::of(response);
    let line = vary.to_bytes();
    let names =
        http_filter::field::list(&line).map(|name| String::from_utf8(name.to_ascii_lowercase()).unwrap());
    !vary.is_any()
        && names
            .into_iter()
            .all(|name| stored.combined(&name) == request.combined(&name))
}

fn request(exchange: &Value) -> Headers {
    let method = exchange["request_method"].as_str().unwrap_or("GET");
    fields(":method", method, &exchange["request_headers"])
}

fn response(exchange: &Value) -> Headers {
    let status = exchange["response_status"][0].as_u64().unwrap_or(200);
    fields(":status", &status.to_string(), &exchange["response_headers"])
}

/// Header fields as the suite writes them: numbers are seconds from now in dates, numbers elsewhere.
fn fields(pseudo: &str, value: &str, list: &Value) -> Headers {
    let written = list.as_array().into_iter().flatten().map(|field| {
        let name = field[0].as_str().unwrap().to_ascii_lowercase();
        let dated = ["date", "expires", "last-modified", "if-modified-since"].contains(&name.as_str());
        let value = match &field[1] {
            Value::Number(offset) if dated => http_date::format(NOW + offset.as_i64().unwrap()),
            Value::String(text) => text.as_bytes().to_vec(),
            other => other.to_string().into_bytes(),
        };
        (name, value)
    });
    std::iter::once((pseudo.to_owned(), value.as_bytes().to_vec()))
        .chain(written)
        .collect()
}
