//! Beside compression-negotiation, in both orders: a tag that a client was given is a tag that validates.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use cache_headers::CacheHeaders;
use compression_negotiation::CompressionNegotiation;
use http_fields::EntityTag;
use http_filter::{BodyPlan, Decision, FilterConfig, Headers, Held, Plugin, Stream};
use http_filter_test::FakeHost;
use std::rc::Rc;

const BODY: &[u8] = &[b'x'; 4096];

/// One filter at work on one exchange.
trait Link {
    fn request(&mut self, request: Headers) -> Headers;
    fn response(&mut self, response: &Headers) -> Headers;
}

struct At<C: FilterConfig>(Stream<C>, FakeHost);

impl<C: FilterConfig> At<C> {
    fn link(config: &str) -> Box<dyn Link> {
        let plugin = Rc::new(Plugin::<C>::new(Some(config.as_bytes())).unwrap());
        Box::new(Self(plugin.stream(), FakeHost::default()))
    }
}

impl<C: FilterConfig> Link for At<C> {
    fn request(&mut self, request: Headers) -> Headers {
        match self.0.on_request_headers(&request, &self.1) {
            Decision::Continue(changes) => request.mutated(&changes.mutation(&request)),
            other => panic!("{other:?}"),
        }
    }

    fn response(&mut self, response: &Headers) -> Headers {
        let plan = self.0.on_response_headers(response, &self.1);
        let seen = response.mutated(&plan.headers);
        match plan.body {
            BodyPlan::Hold { .. } => {
                seen.mutated(&self.0.on_response_held(Held::Whole(BODY), &self.1).headers)
            }
            _ => seen,
        }
    }
}

/// What the client gets from an origin that knows no conditions, through filters in the order of the request.
fn exchange(
    cache_first: bool,
    cache: &str,
    compression: &str,
    tag: Option<&[u8]>,
    origin_tag: &str,
) -> Headers {
    let mut chain = vec![
        At::<CompressionNegotiation>::link(compression),
        At::<CacheHeaders>::link(cache),
    ];
    if cache_first {
        chain.reverse();
    }
    let mut request: Vec<(&str, &[u8])> = vec![
        (":method", b"GET"),
        (":path", b"/page"),
        (":authority", b"a.b"),
        ("accept-encoding", b"gzip"),
    ];
    request.extend(tag.map(|tag| ("if-none-match", tag)));
    let mut request: Headers = request.into_iter().collect();
    for link in &mut chain {
        request = link.request(request);
    }
    let mut response = vec![
        (":status", "200"),
        ("content-type", "text/html"),
        ("content-length", "4096"),
    ];
    if origin_tag.is_empty() {
        response.push(("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"));
    } else {
        response.push(("etag", origin_tag));
    }
    let mut response: Headers = response.into_iter().collect();
    for link in chain.iter_mut().rev() {
        response = link.response(&response);
    }
    response
}

#[test]
fn a_tag_that_was_given_validates() {
    let cache = |etag: &str| format!(r#"{{"rules":{{"etag":"{etag}","browser":{{"max_age":"1m"}}}}}}"#);
    for cache_first in [false, true] {
        for etag in ["weaken", "suffix"] {
            for (made, origin_tag) in [
                ("strong", "\"v1\""),
                ("strong", "W/\"v1\""),
                ("strong", ""),
                ("weak", ""),
            ] {
                let name = format!("cache first: {cache_first}, {etag}, {made}, origin {origin_tag:?}");
                // A compressor in front leaves no length to make a weak tag of, and no plain body to hash here.
                if cache_first && origin_tag.is_empty() {
                    continue;
                }
                let compression = format!(r#"{{"encode":true,"etag":"{etag}"}}"#);
                let first = exchange(cache_first, &cache(made), &compression, None, origin_tag);
                assert_eq!(first.status(), Some(200), "{name}");
                assert_eq!(
                    first.first("content-encoding"),
                    Some(&b"gzip"[..]),
                    "{name}: {first:?}"
                );
                let tag = first.single("etag").unwrap().unwrap();
                let second = exchange(cache_first, &cache(made), &compression, Some(tag), origin_tag);
                assert_eq!(second.status(), Some(304), "{name}: {second:?}");
                let again = EntityTag::parse(second.single("etag").unwrap().unwrap()).unwrap();
                assert!(
                    again.matches_weakly(&EntityTag::parse(tag).unwrap()),
                    "{name}: {second:?}"
                );
                assert!(
                    !second.contains("content-encoding") && !second.contains("content-length"),
                    "{name}"
                );
                let other = exchange(
                    cache_first,
                    &cache(made),
                    &compression,
                    Some(b"\"v2\""),
                    origin_tag,
                );
                assert_eq!(other.status(), Some(200), "{name}");
            }
        }
    }
}
