//! What a guard closed no cache keeps, whatever the origin says and in which fields, and whatever the rules are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cache_headers::CacheHeaders;
use http_filter::{Headers, Plugin};
use http_filter_test::{FakeHost, caches::who_keeps};
use proptest::prelude::*;
use std::rc::Rc;

/// The fields that some cache heeds, and some more.
const FIELDS: [&str; 16] = [
    "cache-control",
    "cache-control",
    "expires",
    "pragma",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "akamai-cache-control",
    "x-litespeed-cache-control",
    "souin-cache-control",
    "surrogate-control",
    "edge-control",
    "x-accel-expires",
    "cf-edge-cache",
    "x-reverse-proxy-ttl",
    "age",
    "etag",
];

/// A caching field's value: words that caches know, put together in any way.
fn value() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "(max-age|s-maxage|stale-if-error)=[0-9]{1,6}",
        4 => "(public|Public|private|Private|no-cache|no-store|No-Store|must-understand|must-revalidate|!no-store|immutable)",
        1 => "(community|private|no-cache)=\"?[a-z, -]{0,12}\"?",
        1 => "[ -~]{0,12}",
        1 => "(600|@1893456000|600\\+30|cache)",
    ];
    let separator =
        prop_oneof![4 => Just(", "), 1 => Just("; "), 1 => Just(" "), 1 => Just(","), 1 => Just("=")];
    prop::collection::vec((word, separator), 0..5).prop_map(|words| {
        words
            .into_iter()
            .flat_map(|(word, separator)| [word, separator.to_owned()])
            .collect()
    })
}

/// A policy as JSON.
fn policy() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\{\"max_age\":\"[1-9]h\",\"public\":(true|false),\"stale_while_revalidate\":\"1m\"\\}",
        "\\{\"mode\":\"(default|override|append)\",\"max_age\":\"[0-9]s\",\"must_revalidate\":true\\}",
        "\\{\"mode\":\"(default|append)\",\"extensions\":\"x=(private|y)\"\\}",
        "\\{\"mode\":\"cap\",\"min_ttl\":\"[1-9]m\",\"max_ttl\":\"[1-9]h\"\\}",
        Just("{\"mode\":\"remove\"}".to_owned()),
        "\\{\"(no_cache|immutable|public|no_store|private|must_understand)\":true\\}",
        "\\{\"private\":\\[\"x-user\"\\]\\}",
        "\\{\"ttl\":\\{\"2xx\":\"[1-9]m\",\"5xx\":\"no_store\"\\}\\}",
    ]
}

/// How the exchange is somebody's own.
#[derive(Clone, Copy, Debug)]
enum Own {
    Authorization,
    Claims,
    SetCookie,
    Session,
    Configured,
    VaryAny,
    Deceptive,
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn what_is_closed_nobody_keeps(
        policies in prop::collection::vec(prop::option::of(policy()), 4),
        said in prop::collection::vec((prop::sample::select(&FIELDS[..]), value()), 0..6),
        own in prop::sample::select(vec![
            Own::Authorization, Own::Claims, Own::SetCookie, Own::Session, Own::Configured, Own::VaryAny, Own::Deceptive,
        ]),
        status in prop::sample::select(vec!["200", "203", "206", "404", "500", "302"]),
        set_cookie in prop::sample::select(vec!["private", "no_store"]),
    ) {
        let names = ["\"browser\"", "\"cdn\"", "\"surrogate\"", "\"fields\""];
        let members: Vec<String> = names.iter().zip(&policies).filter_map(|(name, policy)| {
            let policy = policy.as_ref()?;
            Some(if *name == "\"fields\"" {
                format!("{name}:{{\"akamai-cache-control\":{policy}}}")
            } else {
                format!("{name}:{policy}")
            })
        }).collect();
        let rule = format!("{{\"vary\":\"origin\",\"set_cookie\":\"{set_cookie}\",{}}}", members.join(","));
        let rules = if members.is_empty() { "[]".to_owned() } else { rule };
        let personal = if matches!(own, Own::Configured) { r#""personal":{"cookies":"who"},"# } else { "" };
        let config = format!("{{{personal}\"rules\":{rules}}}");
        let plugin = Plugin::<CacheHeaders>::new(Some(config.as_bytes())).unwrap();
        let (host, mut stream) = (FakeHost::default(), Rc::new(plugin).stream());
        let mut request = vec![(":method", "GET"), (":path", "/account")];
        let mut response = vec![(":status", status.to_owned()), ("content-type", "text/html".to_owned())];
        match own {
            Own::Authorization => request.push(("authorization", "Bearer x")),
            Own::Claims => host.set_property("edge_filters.claims", "{}"),
            Own::SetCookie => response.push(("set-cookie", "a=1".to_owned())),
            Own::Session => request.push(("cookie", "a=b; PHPSESSID=1")),
            Own::Configured => request.push(("cookie", "who=1")),
            Own::VaryAny => response.push(("vary", "*".to_owned())),
            Own::Deceptive => request[1].1 = "/account/x%2eCSS;a",
        }
        response.extend(said);
        let request: Headers = request.into_iter().collect();
        let before: Headers = response.into_iter().collect();
        let _ = stream.on_request_headers(&request, &host);
        let after = before.mutated(&stream.on_response_headers(&before, &host).headers);
        let is_armoured = !matches!(own, Own::Deceptive) || matches!(status, "200" | "203" | "206");
        if is_armoured {
            prop_assert_eq!(who_keeps(&after), None, "{}\n{:?}\n{:?}", config, before, after);
        }
    }
}
