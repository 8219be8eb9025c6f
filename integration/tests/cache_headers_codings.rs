//! cache-headers beside compression-negotiation in a real Envoy, in both orders, whoever encodes: a tag that a client was
//! given validates, tags of two codings are never taken for one another, and HEAD and ranges stay what they are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use edge_demo::{
    envoy::Envoy,
    http::{Connection, Request, Response},
};
use http_fields::EntityTag;
use integration::{Answer, Proxy, Upstream, bootstrap, module, wasm_filter};
use serde_json::{Value, json};
use std::cell::RefCell;

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// In which order the filters stand, who encodes, and how tags of codings are told apart.
struct Chain {
    cache_first: bool,
    encode: bool,
    etag: &'static str,
}

impl Chain {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for cache_first in [false, true] {
            for encode in [false, true] {
                for etag in ["weaken", "suffix"] {
                    all.push(Self {
                        cache_first,
                        encode,
                        etag,
                    });
                }
            }
        }
        all
    }

    fn name(&self) -> String {
        let order = if self.cache_first {
            "cache-headers first"
        } else {
            "compression-negotiation first"
        };
        let encoder = if self.encode {
            "encoding itself"
        } else {
            "native compressor"
        };
        format!("{order}, {encoder}, {}", self.etag)
    }

    fn listener(&self) -> Value {
        let plugin = json!({"allow_on_headers_stop_iteration": true});
        let wasm = |name, configuration: Value| {
            wasm_filter(name, &module::shipped(name), &configuration, plugin.clone())
        };
        let cache = wasm(
            "cache-headers",
            json!({"rules": [
                {"match": {"path": "/strong"}, "etag": "strong", "browser": {"max_age": "1m"}},
                {"match": {"path": "/weak"}, "etag": "weak", "browser": {"max_age": "1m"}},
                {"browser": {"max_age": "1m"}},
            ]}),
        );
        let mut coding = vec![wasm(
            "compression-negotiation",
            json!({"prefer": "gzip", "etag": self.etag, "encode": self.encode}),
        )];
        if !self.encode {
            coding.push(compressor());
        }
        let place = if self.cache_first { 0 } else { coding.len() };
        coding.insert(place, cache);
        let proxy = coding.into_iter().fold(Proxy::default(), Proxy::http_filter);
        proxy.listener(&self.name())
    }
}

fn compressor() -> Value {
    json!({
        "name": "envoy.filters.http.compressor",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor",
            "response_direction_config": {
                "weaken_etag_on_compress": true,
                "uncompressible_response_codes": [206],
            },
            "compressor_library": {"name": "gzip", "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip",
            }},
        },
    })
}

/// What the origin sends, which itself knows no conditions.
fn page(etag: &str) -> Answer {
    let page = Answer::text(&"x".repeat(4096)).header("content-type", "text/html");
    match etag {
        "" => page.header("last-modified", DATE),
        etag => page.header("etag", etag),
    }
}

/// All requests go over one connection: bytes that belong to no response, behind a 304 for example, would break it.
struct World<'a> {
    connection: RefCell<Connection>,
    upstream: &'a Upstream,
    name: String,
}

impl World<'_> {
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = headers
            .iter()
            .fold(Request::new(method, path), |request, (name, value)| {
                request.header(name, value)
            });
        let response = self.connection.borrow_mut().send(&request);
        response.unwrap_or_else(|error| panic!("{}: {path}: {error}", self.name))
    }

    /// A page and its tag, plain or encoded, and what becomes of the tag when the client comes back with it.
    fn validates(&self, path: &str, coding: &[(&str, &str)]) -> Option<Vec<u8>> {
        let name = format!("{}: {path} {coding:?}", self.name);
        let first = self.ask("GET", path, coding);
        assert_eq!(first.status, 200, "{name}");
        assert_eq!(
            first.header("content-encoding").is_some(),
            !coding.is_empty(),
            "{name}"
        );
        assert_varies(&first, &name);
        let tag = first.header("etag")?;
        let with = |tag: &'static str| [coding, &[("if-none-match", tag)]].concat();
        let back = self.ask("GET", path, &[coding, &[("if-none-match", &tag)]].concat());
        assert_eq!((back.status, back.body.len()), (304, 0), "{name}: {tag}");
        let again = back.header("etag").unwrap_or_default();
        assert!(is_same(&again, &tag), "{name}: {tag}, then {again}");
        assert_eq!(
            back.header("cache-control").as_deref(),
            Some("max-age=60"),
            "{name}"
        );
        assert_varies(&back, &name);
        for gone in [
            "content-encoding",
            "content-length",
            "content-type",
            "transfer-encoding",
        ] {
            assert_eq!(back.header(gone), None, "{name}: {gone}");
        }
        let other = self.ask("GET", path, &with("\"other\""));
        assert_eq!((other.status, &other.body), (200, &first.body), "{name}");
        Some(tag.into_bytes())
    }
}

#[track_caller]
fn assert_varies(response: &Response, name: &str) {
    let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
    assert_eq!(
        vary.matches("accept-encoding").count(),
        1,
        "{name}: Vary is {vary:?}"
    );
}

/// By the weak comparison (RFC 9110 §8.8.3.2).
fn is_same(one: &str, other: &str) -> bool {
    match (
        EntityTag::parse(one.as_bytes()),
        EntityTag::parse(other.as_bytes()),
    ) {
        (Some(one), Some(other)) => one.matches_weakly(&other),
        _ => false,
    }
}

fn every_chain(check: impl Fn(&Chain, &World<'_>)) {
    let (chains, upstream) = (Chain::all(), Upstream::start());
    let listeners = chains.iter().map(Chain::listener).collect();
    let clusters = Proxy::default().all_clusters(&upstream);
    let envoy = Envoy::start(&bootstrap(listeners, clusters).to_string()).unwrap();
    for chain in &chains {
        let (name, upstream) = (chain.name(), &upstream);
        let connection = Connection::open(envoy.listener(&name).unwrap()).unwrap();
        let world = World {
            connection: connection.into(),
            upstream,
            name,
        };
        check(chain, &world);
    }
}

const GZIP: &[(&str, &str)] = &[("accept-encoding", "gzip")];

#[test]
fn a_tag_that_was_given_validates() {
    every_chain(|chain, world| {
        for (path, etag, made) in [
            ("/own", "\"v1\"", true),
            ("/own", "W/\"v1\"", true),
            ("/strong", "", true),
            // Behind an encoder there is no length to make a weak tag of.
            ("/weak", "", !chain.cache_first),
        ] {
            world.upstream.answer_with(page(etag));
            let plain = world.validates(path, &[]);
            let coded = world.validates(path, GZIP);
            let name = format!("{}: {path} {etag}", world.name);
            assert!(plain.is_some(), "{name}");
            assert_eq!(coded.is_some(), made, "{name}");
            let strong = |tag: &Option<Vec<u8>>| tag.as_deref().is_some_and(|tag| tag.starts_with(b"\""));
            assert!(
                !(strong(&plain) && plain == coded),
                "{name}: one strong tag for two codings: {plain:?}"
            );
        }
    });
}

#[test]
fn head_says_what_get_would_say() {
    every_chain(|_, world| {
        world.upstream.answer_with(page("\"v1\""));
        for coding in [&[][..], GZIP] {
            let name = format!("{}: {coding:?}", world.name);
            let (get, head) = (
                world.ask("GET", "/own", coding),
                world.ask("HEAD", "/own", coding),
            );
            assert_eq!((head.status, head.body.len()), (200, 0), "{name}");
            for field in ["cache-control", "vary"] {
                assert_eq!(head.header(field), get.header(field), "{name}: {field}");
            }
            let (of_get, of_head) = (get.header("etag").unwrap(), head.header("etag").unwrap());
            let known = [coding, &[("if-none-match", of_get.as_str())]].concat();
            assert_eq!(world.ask("HEAD", "/own", &known).status, 304, "{name}: {of_get}");
            assert!(
                is_same(&of_get, &of_head) || coding == GZIP,
                "{name}: {of_get}, HEAD says {of_head}"
            );
        }
    });
}

#[test]
fn parts_stay_parts() {
    every_chain(|_, world| {
        let mut part = Answer::text("0123456789")
            .header("content-type", "text/html")
            .header("etag", "\"v1\"")
            .header("content-range", "bytes 0-9/4096");
        part.status = 206;
        world.upstream.answer_with(part);
        world.upstream.received();
        let range = [
            ("accept-encoding", "gzip"),
            ("range", "bytes=0-9"),
            ("if-none-match", "\"v1\""),
        ];
        let response = world.ask("GET", "/strong", &range);
        let name = &world.name;
        assert_eq!(
            (response.status, response.text().as_str()),
            (206, "0123456789"),
            "{name}"
        );
        assert_eq!(response.header("etag").as_deref(), Some("\"v1\""), "{name}");
        assert_eq!(response.header("content-encoding"), None, "{name}");
        // The condition, too, is the origin's to judge.
        let asked = world.upstream.received().pop().unwrap().headers;
        assert_eq!(asked.first("range"), Some(&b"bytes=0-9"[..]), "{name}");
        assert!(asked.contains("if-none-match"), "{name}");
    });
}
