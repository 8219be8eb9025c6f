//! The README: its examples are configurations, and what it lists is what there is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use cache_headers::CacheHeaders;
use http_filter::{BodyPlan, Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use std::rc::Rc;

const README: &str = include_str!("../README.md");

fn plugin(yaml: &str) -> Plugin<CacheHeaders> {
    let document: serde_json::Value = serde_yaml_ng::from_str(yaml).unwrap();
    Plugin::new(Some(document.to_string().as_bytes())).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// What an example does: a word that only it has, the request's and the response's fields, what the client gets to read.
struct Shown {
    example: &'static str,
    request: &'static [(&'static str, &'static str)],
    response: &'static [(&'static str, &'static str)],
    client: &'static [(&'static str, &'static str)],
}

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const SHA: &str = "sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:";

const SHOWN: &[Shown] = &[
    Shown {
        example: "path: /assets/*",
        request: &[(":path", "/assets/app.css")],
        response: &[("content-type", "text/css")],
        client: &[
            ("cache-control", "max-age=31536000, immutable"),
            ("cdn-cache-control", "max-age=31536000"),
        ],
    },
    Shown {
        example: "path: /news/*",
        request: &[(":path", "/news/today")],
        response: &[("cache-control", "public, max-age=86400")],
        client: &[("cache-control", "public, max-age=600")],
    },
    Shown {
        example: "path: /news/*",
        request: &[(":path", "/shop/7")],
        response: &[("cache-control", "max-age=5"), ("surrogate-control", "max-age=9")],
        client: &[
            ("cache-control", "max-age=5, stale-if-error=3600"),
            ("cloudflare-cdn-cache-control", "max-age=86400"),
            ("surrogate-control", ""),
        ],
    },
    Shown {
        example: "path: /news/*",
        request: &[(":path", "/shop/7")],
        response: &[(":status", "503"), ("cache-control", "max-age=5")],
        client: &[("cache-control", "no-store")],
    },
    Shown {
        example: "preset: immutable_assets",
        request: &[(":path", "/a.woff2")],
        response: &[("content-type", "font/woff2"), ("date", DATE)],
        client: &[
            ("cache-control", "public, max-age=31536000, immutable"),
            ("expires", "Mon, 06 Nov 1995 08:49:37 GMT"),
        ],
    },
    Shown {
        example: "guard_origin",
        request: &[(":path", "/feed"), ("cookie", "theme=dark")],
        response: &[("set-cookie", "visits=1"), ("cache-control", "max-age=9")],
        client: &[
            ("cdn-cache-control", "max-age=300"),
            ("set-cookie", ""),
            ("cache-control", "max-age=9"),
        ],
    },
    Shown {
        example: "guard_origin",
        request: &[(":path", "/feed"), ("cookie", "wp_logged_in_1=anne")],
        response: &[("set-cookie", "visits=1"), ("cache-control", "max-age=9")],
        client: &[
            ("cdn-cache-control", ""),
            ("set-cookie", "visits=1"),
            ("cache-control", "private, max-age=9"),
        ],
    },
    Shown {
        example: "guard_origin",
        request: &[(":path", "/graphql?persisted=7")],
        response: &[],
        client: &[("cdn-cache-control", "max-age=10")],
    },
    Shown {
        example: "etag: strong",
        request: &[(":path", "/docs/a")],
        response: &[],
        client: &[
            ("etag", "\"b94d27b9934d3e08a52e52d7da7dabfa\""),
            ("repr-digest", SHA),
        ],
    },
    Shown {
        example: "etag: strong",
        request: &[(":path", "/files/a"), ("if-none-match", "W/\"2ebc98a1-11\"")],
        response: &[("last-modified", DATE), ("content-length", "11")],
        client: &[(":status", "304"), ("etag", "W/\"2ebc98a1-11\"")],
    },
    Shown {
        example: "want-repr-digest",
        request: &[("want-repr-digest", "sha-256=3")],
        response: &[("content-length", "11")],
        client: &[("repr-digest", SHA), ("unencoded-digest", SHA)],
    },
    Shown {
        example: "tag_fields",
        request: &[
            (":path", "/products/42"),
            (":authority", "example.com"),
            ("x-shop", "de"),
        ],
        response: &[("vary", "user-agent")],
        client: &[
            ("surrogate-key", "product-42 shop-de example.com"),
            ("cache-tag", "product-42,shop-de,example.com"),
            ("vary", "accept-language"),
        ],
    },
    Shown {
        example: "no_vary_search",
        request: &[(":path", "/list?gclid=1")],
        response: &[("age", "500"), ("date", DATE)],
        client: &[
            ("no-vary-search", "key-order, params=(\"utm_source\" \"gclid\")"),
            ("cache-control", "max-age=60"),
            ("age", ""),
            ("date", "Fri, 15 Jan 2027 08:00:00 GMT"),
        ],
    },
    Shown {
        example: "debug:",
        request: &[("x-debug", "1")],
        response: &[("content-type", "text/html"), ("set-cookie", "a=1")],
        client: &[(
            "x-cache-policy",
            "\"pages\"; cache-control=set; cdn-cache-control=withheld; guards=\"set_cookie\"",
        )],
    },
    Shown {
        example: "mode: shadow",
        request: &[],
        response: &[("cache-control", "max-age=9")],
        client: &[("cache-control", "max-age=9"), ("cdn-cache-control", "")],
    },
];

#[test]
fn examples_do_what_is_said() {
    let examples = http_filter_test::yaml_examples(README);
    for example in &examples {
        let plugin = Rc::new(plugin(example));
        let shown: Vec<&Shown> = SHOWN
            .iter()
            .filter(|shown| example.contains(shown.example))
            .collect();
        assert!(
            !shown.is_empty() || example.contains("requests:"),
            "nothing shows what this does:\n{example}"
        );
        for shown in shown {
            let mut stream = plugin.stream();
            let host = FakeHost::default();
            host.set_now(std::time::Duration::from_secs(1_800_000_000));
            let request = with(&[(":method", "GET"), (":path", "/")], shown.request);
            let _ = stream.on_request_headers(&request, &host);
            let response = with(&[(":status", "200")], shown.response);
            let plan = stream.on_response_headers(&response, &host);
            let mut seen = response.mutated(&plan.headers);
            if let BodyPlan::Hold { .. } = plan.body {
                seen = seen.mutated(
                    &stream
                        .on_response_held(http_filter::Held::Whole(b"hello world"), &host)
                        .headers,
                );
            }
            for (field, value) in shown.client {
                let found = String::from_utf8(seen.combined(field).unwrap_or_default().into_owned()).unwrap();
                assert_eq!(&found, value, "{field}: {:?}\n{example}", shown.request);
            }
        }
    }
    for shown in SHOWN {
        assert!(
            examples.iter().any(|example| example.contains(shown.example)),
            "no example: {}",
            shown.example
        );
    }
}

#[test]
fn requests_lose_what_is_said() {
    let examples = http_filter_test::yaml_examples(README);
    let example = examples
        .iter()
        .find(|example| example.starts_with("requests:"))
        .unwrap();
    let mut stream = Rc::new(plugin(example)).stream();
    let request = with(
        &[(":method", "GET"), (":path", "/shop/a?utm_x=1&b=2&a=1")],
        &[
            ("cache-control", "no-cache"),
            ("cookie", "_ga=1; session=2"),
            ("accept-language", "fr-CH, en;q=0.5"),
        ],
    );
    let Decision::Continue(changes) = stream.on_request_headers(&request, &FakeHost::default()) else {
        panic!("the request is held");
    };
    let upstream = request.mutated(&changes.mutation(&request));
    for (field, value) in [
        (":path", Some("/shop/a?a=1&b=2")),
        ("cache-control", None),
        ("cookie", Some("session=2")),
        ("accept-language", Some("fr")),
    ] {
        assert_eq!(upstream.first(field), value.map(str::as_bytes), "{field}");
    }
}

/// Fields, `more` in place of those of the same name.
fn with(fields: &[(&str, &str)], more: &[(&str, &str)]) -> Headers {
    let kept = fields
        .iter()
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more).copied().collect()
}

#[test]
fn presets_are_as_listed() {
    for line in README
        .lines()
        .skip_while(|line| *line != "### Presets")
        .filter(|line| line.starts_with("| `"))
        .take(5)
    {
        let cells: Vec<&str> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        let (preset, browser, cdn) = (cells[1], cells[2], cells[3]);
        let plugin = Rc::new(plugin(&format!("rules: {{preset: {preset}}}")));
        let mut stream = plugin.stream();
        let host = FakeHost::default();
        let request = [(":method", "GET"), (":path", "/")].into_iter().collect();
        let _ = stream.on_request_headers(&request, &host);
        let response: Headers = [(":status", "200")].into_iter().collect();
        let seen = response.mutated(&stream.on_response_headers(&response, &host).headers);
        assert_eq!(seen.first("cache-control"), Some(browser.as_bytes()), "{preset}");
        assert_eq!(
            seen.first("cdn-cache-control").unwrap_or_default(),
            cdn.as_bytes(),
            "{preset}"
        );
    }
}
