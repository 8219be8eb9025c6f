//! Fetch, fetch, revalidate, fetch: cache-headers beside a compressor and a real cache, in every coding. What comes back is
//! the same, byte by byte, and its tag, its Vary and what a 304 says of them agree.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests"
)]

use edge_demo::http::{Request, Response};
use integration::{
    Answer, Cached, CachingProxy, Proxy, codings, compressing::native_compressors, module, wasm_filter,
};
use serde_json::json;
use std::{
    net::SocketAddr,
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const CODINGS: [&str; 4] = ["identity", "gzip", "br", "zstd"];
/// As long as a cache may use a response unasked.
const FRESH: Duration = Duration::from_secs(2);

fn compressed(proxy: Proxy) -> Proxy {
    let negotiation = wasm_filter(
        "compression-negotiation",
        &module::shipped("compression-negotiation"),
        &json!({"prefer": ["zstd", "br", "gzip"]}),
        json!({"allow_on_headers_stop_iteration": true}),
    );
    native_compressors(proxy.http_filter(negotiation))
}

#[test]
fn what_is_revalidated_is_what_was_fetched() {
    if !codings::programs_are_here("fetch, revalidate, fetch") {
        return;
    }
    let rules = json!([
        {"match": {"path": "/strong/*"}, "etag": "strong", "browser": {"max_age": "2s"}},
        {"browser": {"max_age": "2s"}},
    ]);
    let cached = Cached::start(&json!({"rules": rules}), compressed);
    let page = "<p>the same for all</p>\n".repeat(200);
    cached.before_each(&CachingProxy::NAMES, |cache, address| {
        let mut kept = Vec::new();
        for (origin, tag) in ORIGINS {
            cached.upstream.answer_with(answer(&page, tag));
            for coding in CODINGS {
                let cycle = Cycle {
                    cache,
                    path: format!("/{origin}/{coding}"),
                    coding,
                    address: address("with"),
                };
                let first = cycle.fetch(&page);
                cycle.is_same_as(&first, &cycle.fetch(&page), "at once");
                cycle.revalidate(&first);
                cycle.is_same_as(&first, &cycle.fetch(&page), "behind a client's revalidation");
                kept.push((tag, cycle, first));
            }
        }
        sleep(FRESH + Duration::from_secs(1));
        for (tag, cycle, first) in kept {
            cached.upstream.answer_with(answer(&page, tag));
            cycle.is_same_as(&first, &cycle.fetch(&page), "when the cache revalidates");
            cycle.is_same_as(&first, &cycle.fetch(&page), "behind that");
            cycle.revalidate(&first);
        }
    });
}

/// Origins by the tags that they send; without one, the filter makes it.
const ORIGINS: [(&str, &str); 2] = [("own", "\"v1\""), ("strong", "")];

/// What an origin sends that knows no conditions.
fn answer(page: &str, tag: &str) -> Answer {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let date = http_fields::http_date::format(i64::try_from(since).unwrap());
    let answer = Answer::text(page)
        .header("content-type", "text/html")
        .header("date", date);
    match tag {
        "" => answer,
        tag => answer.header("etag", tag),
    }
}

struct Cycle {
    cache: &'static str,
    path: String,
    coding: &'static str,
    address: SocketAddr,
}

impl Cycle {
    fn ask(&self, condition: Option<&str>) -> Response {
        let mut request = Request::get(&self.path)
            .header("host", "with")
            .header("accept-encoding", self.coding);
        if let Some(tag) = condition {
            request = request.header("if-none-match", tag);
        }
        request.send(self.address).unwrap()
    }

    fn name(&self, when: &str) -> String {
        format!("{}: {} {when}", self.cache, self.path)
    }

    /// The coding that comes: some caches ask for gzip at most.
    fn expected(&self) -> Option<&'static str> {
        let asks_for_gzip_only = matches!(self.cache, "varnish" | "traffic_server");
        match self.coding {
            "identity" => None,
            "br" | "zstd" if asks_for_gzip_only => None,
            coding => Some(coding),
        }
    }

    fn fetch(&self, page: &str) -> Response {
        let response = self.ask(None);
        let coding = response.header("content-encoding");
        assert_eq!(response.status, 200, "{}", self.name(""));
        assert_eq!(coding.as_deref(), self.expected(), "{}", self.name(""));
        let plain = coding.map_or_else(
            || Ok(response.body.clone()),
            |coding| codings::decoded(&coding, &response.body),
        );
        assert_eq!(plain.unwrap(), page.as_bytes(), "{}", self.name(""));
        response
    }

    fn is_same_as(&self, first: &Response, other: &Response, when: &str) {
        let name = self.name(when);
        // Behind Envoy's own caches each response is compressed anew: the same plain bytes under a weak tag.
        let is_weak = other.header("etag").is_some_and(|tag| tag.starts_with("W/"));
        let may_differ = Cached::ENVOYS.contains(&self.cache) && is_weak;
        assert!(first.body == other.body || may_differ, "{name}: other bytes");
        for field in ["content-encoding", "content-type", "cache-control"] {
            assert_eq!(other.header(field), first.header(field), "{name}: {field}");
        }
        // Traffic Server asks with `"v1"` where it was given `W/"v1"`, and takes that from the 304.
        let is_exact = self.cache != "traffic_server";
        let tag = |response: &Response| {
            let tag = response.header("etag").unwrap_or_default();
            if is_exact { tag } else { opaque(&tag) }
        };
        assert_eq!(tag(other), tag(first), "{name}");
        assert_eq!(varies(other), varies(first), "{name}");
    }

    /// What a client has validates.
    fn revalidate(&self, first: &Response) {
        let tag = first.header("etag").unwrap();
        let response = self.ask(Some(&tag));
        let name = self.name(&format!("revalidated by {tag}"));
        assert_eq!((response.status, response.body.len()), (304, 0), "{name}");
        let Some(again) = response.header("etag") else {
            assert_eq!(self.cache, "squid", "{name}: only Squid's own 304 says nothing");
            return;
        };
        assert_eq!(opaque(&again), opaque(&tag), "{name}");
        assert_eq!(response.header("transfer-encoding"), None, "{name}");
        // Some caches say again what the response was encoded by.
        let coding = response.header("content-encoding");
        assert!(
            coding.is_none() || coding == first.header("content-encoding"),
            "{name}: {coding:?}"
        );
        assert_eq!(varies(&response), varies(first), "{name}");
    }
}

/// A tag for the weak comparison (RFC 9110 §8.8.3.2).
fn opaque(tag: &str) -> String {
    tag.trim_start_matches("W/").to_owned()
}

/// Whether the response says that it varies by the coding.
fn varies(response: &Response) -> bool {
    let lines = response.header_lines("vary").join(", ").to_ascii_lowercase();
    lines.contains("accept-encoding")
}
