//! Models of shared caches that stand in front of Envoy: what they keep and give to the next user, each by the fields that it
//! heeds and in the way in which it reads them. They are as greedy as the real ones, or more.

use http_fields::{CacheControl, Scope, targeted_cache_control};
use http_filter::Headers;

/// Whether a cache gives this response to another user.
type Keeps = fn(&Headers) -> bool;

/// The first of them that would give this response to another user; `None` where all of them keep it from others.
pub fn who_keeps(response: &Headers) -> Option<&'static str> {
    let caches: [(&str, Keeps); 6] = [
        ("one by RFC 9111", by_the_standard),
        (
            "one that goes by a targeted field (RFC 9213)",
            by_a_targeted_field,
        ),
        (
            "one that splits at commas and knows small letters only, as Envoy's",
            by_small_letters,
        ),
        ("nginx", as_nginx),
        ("Varnish", as_varnish),
        ("one that heeds a field of its own", by_a_field_of_its_own),
    ];
    caches
        .iter()
        .find(|(_, keeps)| keeps(response))
        .map(|(name, _)| *name)
}

fn by_the_standard(response: &Headers) -> bool {
    let said = CacheControl::parse(response.all("cache-control")).directives();
    let unstored = said.no_store && !said.must_understand;
    !unstored && said.private != Scope::Response
}

fn by_a_targeted_field(response: &Headers) -> bool {
    response.iter().any(|(name, value)| {
        name.ends_with("-cache-control")
            && targeted_cache_control(value)
                .is_some_and(|said| !said.no_store && said.private != Scope::Response)
    })
}

fn by_small_letters(response: &Headers) -> bool {
    let line = response.combined("cache-control").unwrap_or_default();
    let mut words = line.split(|byte| *byte == b',').map(|member| {
        member
            .trim_ascii()
            .split(|byte| *byte == b'=')
            .next()
            .unwrap_or_default()
    });
    !words.any(|word| matches!(word, b"no-store" | b"private"))
}

fn as_nginx(response: &Headers) -> bool {
    let line = response
        .combined("cache-control")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let forbids = [&b"no-cache"[..], b"no-store", b"private"]
        .iter()
        .any(|word| line.windows(word.len()).any(|part| part == *word));
    response.contains("x-accel-expires") || !forbids
}

/// Its built-in rules look at Surrogate-Control first, and then pass over Cache-Control.
fn as_varnish(response: &Headers) -> bool {
    response.contains("surrogate-control")
        && !response.all("surrogate-control").any(|line| {
            line.to_ascii_lowercase()
                .windows(8)
                .any(|part| part == b"no-store")
        })
}

fn by_a_field_of_its_own(response: &Headers) -> bool {
    [
        "edge-control",
        "x-accel-expires",
        "cf-edge-cache",
        "x-html-edge-cache",
        "x-reverse-proxy-ttl",
        "cdn-cache-control",
        "surrogate-control",
    ]
    .iter()
    .any(|name| response.all(name).any(|line| line != b"no-store"))
}
