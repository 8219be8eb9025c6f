//! Whatever rules and origins say: what a guard holds does not get into a shared cache by this filter's doing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cache_headers::{Cache, CacheHeaders, Freshness};
use http_filter::{Headers, Plugin};
use http_filter_test::FakeHost;
use proptest::prelude::*;
use std::{rc::Rc, time::Duration};

const FIELDS: [(&str, &str); 3] = [
    ("browser", "cache-control"),
    ("cdn", "cdn-cache-control"),
    ("surrogate", "surrogate-control"),
];

/// A policy as JSON.
fn policy() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\{\"max_age\":\"[1-9]h\",\"public\":(true|false),\"stale_while_revalidate\":\"1m\"\\}",
        "\\{\"mode\":\"(default|override|append)\",\"max_age\":\"[0-9]s\",\"must_revalidate\":true\\}",
        "\\{\"mode\":\"cap\",\"min_ttl\":\"[1-9]m\",\"max_ttl\":\"[1-9]h\"\\}",
        Just("{\"mode\":\"remove\"}".to_owned()),
        "\\{\"(no_cache|immutable|public|no_store|private)\":true\\}",
        "\\{\"ttl\":\\{\"2xx\":\"[1-9]m\",\"5xx\":\"no_store\"\\}\\}",
    ]
}

/// What an origin says.
fn word() -> impl Strategy<Value = String> {
    let directive = prop_oneof![
        "(max-age|s-maxage|stale-if-error)=[0-9]{1,6}",
        "(public|private|no-cache|no-store|must-revalidate|x)",
        "[ -~]{0,12}",
    ];
    prop::collection::vec(directive, 0..4).prop_map(|directives| directives.join(", "))
}

/// How the exchange is somebody's own.
#[derive(Clone, Copy, Debug)]
enum Own {
    Authorization,
    Claims,
    SetCookie,
    Personal,
    VaryAny,
}

fn own() -> impl Strategy<Value = Own> {
    prop::sample::select(vec![
        Own::Authorization,
        Own::Claims,
        Own::SetCookie,
        Own::Personal,
        Own::VaryAny,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn nothing_guarded_is_opened(
        policies in prop::collection::vec(policy(), 3),
        words in prop::collection::vec(prop::option::of(word()), 3),
        own in own(),
        status in prop::sample::select(vec!["200", "304", "301"]),
    ) {
        let members: Vec<String> = FIELDS.iter().zip(&policies).map(|((name, _), policy)| format!("\"{name}\":{policy}")).collect();
        let config = format!(r#"{{"personal":{{"cookies":"session"}},"rules":{{{}}}}}"#, members.join(","));
        let plugin = Plugin::<CacheHeaders>::new(Some(config.as_bytes())).unwrap();
        let (host, mut stream) = (FakeHost::default(), Rc::new(plugin).stream());
        let mut request = vec![(":method", "GET"), (":path", "/")];
        let mut response = vec![(":status", status.to_owned()), ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())];
        match own {
            Own::Authorization => request.push(("authorization", "Bearer x")),
            Own::Claims => host.set_property("edge_filters.claims", "{}"),
            Own::SetCookie => response.push(("set-cookie", "a=1".to_owned())),
            Own::Personal => request.push(("cookie", "session=1")),
            Own::VaryAny => response.push(("vary", "*".to_owned())),
        }
        for ((_, field), word) in FIELDS.iter().zip(words) {
            response.extend(word.map(|word| (*field, word)));
        }
        let request: Headers = request.into_iter().collect();
        let before: Headers = response.into_iter().collect();
        let _ = stream.on_request_headers(&request, &host);
        let after = before.mutated(&stream.on_response_headers(&before, &host).headers);
        // As a cache would see it that knows nothing of the claims or the cookie.
        let plain: Headers = [(":method", "GET")].into_iter().collect();
        let now = Duration::from_secs(1_800_000_000);
        for (cache, field) in [
            (Cache::Shared, "cache-control"),
            (Cache::Targeted(&["cdn-cache-control"]), "cdn-cache-control"),
            (Cache::Targeted(&["surrogate-control"]), "surrogate-control"),
        ] {
            let was = Freshness::of(&plain, &before, cache, now);
            let is = Freshness::of(&plain, &after, cache, now);
            let touched = before.combined(field) != after.combined(field);
            prop_assert!(!touched || !is.storable || !is.reusable || was.storable, "{field}: {config}\n{before:?}\n{after:?}");
            prop_assert!(!touched || is.lifetime <= was.lifetime || !is.storable || !is.reusable, "{field} lives longer: {config}\n{before:?}\n{after:?}");
        }
    }
}
