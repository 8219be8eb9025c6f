//! Where the answer is not the one that the suite names, and what it is not asked.

/// The tests in which this filter's answer is not the one that the suite names, and why. None of them is required.
pub(crate) const DEVIATIONS: &[(&str, &str)] = &[
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
    (
        "conditional-etag-strong-generate-unquoted",
        "check: what has no quotes is no entity tag",
    ),
];

/// Suites and tests that ask nothing which this filter decides, and why.
pub(crate) const LEFT_OUT: &[(&str, &str)] = &[
    (
        "cc-request",
        "what a request demands of caches is theirs to heed; `ignore_cache_control` takes it off",
    ),
    (
        "update304",
        "how a cache updates what it has stored; this filter stores nothing",
    ),
    ("updateHEAD", "how a cache updates what it has stored"),
    ("invalidation", "which requests drop what a cache has stored"),
    ("stale-503", "what a cache serves when its origin fails"),
    ("stale-sie-503", "what a cache serves when its origin fails"),
    ("stale-close", "what a cache serves when its origin is gone"),
    (
        "stale-close-must-revalidate",
        "what a cache serves when its origin is gone",
    ),
    (
        "stale-close-no-cache",
        "what a cache serves when its origin is gone",
    ),
    (
        "stale-close-proxy-revalidate",
        "what a cache serves when its origin is gone",
    ),
    (
        "stale-close-s-maxage=2",
        "what a cache serves when its origin is gone",
    ),
    ("stale-sie-close", "what a cache serves when its origin is gone"),
    (
        "stale-warning-become",
        "a Warning that caches wrote before RFC 9111",
    ),
    (
        "stale-warning-stored",
        "a Warning that caches wrote before RFC 9111",
    ),
    (
        "conditional-etag-forward",
        "what a cache sends on that has nothing stored",
    ),
    (
        "conditional-etag-forward-unquoted",
        "what a cache sends on that has nothing stored",
    ),
    (
        "conditional-etag-vary-headers-mismatch",
        "which stored tags a cache sends along",
    ),
    ("partial-store-partial-complete", "how a cache completes a part"),
    ("other-age-delay", "an Age that a cache writes"),
    ("cdn-remove-header", "whether a CDN sends its own field on"),
    ("cdn-remove-age-exceed", "an Age that a CDN writes"),
    ("cdn-date-update-exceed", "a Date that a CDN writes"),
    ("cdn-expires-update-exceed", "an Expires that a CDN writes"),
];
