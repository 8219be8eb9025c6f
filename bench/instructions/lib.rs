//! A request to a filter's library as the benchmarks send it: headers as a browser's, a host that answers at once.
#![allow(
    clippy::unwrap_used,
    reason = "benchmarks: what can't be prepared must end them"
)]

use http_filter::{
    Attribute, Conflict, Decision, FilterConfig, Hash, Headers, Host, Plugin, ResponsePlan, Shared,
    SharedMap, Stream, Version,
};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// The token of RFC 7515, appendix A.3, and the key it verifies with.
pub const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// The key of [`TOKEN`], as a JWK.
pub const KEY: &str = r#"{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// A second before [`TOKEN`] expires.
const NOW: Duration = Duration::from_secs(1_300_819_379);

/// A host whose answers cost next to nothing.
#[derive(Default)]
pub struct InstantHost {
    verdict: Option<bool>,
    shared: RefCell<SharedMap>,
}

impl InstantHost {
    /// A host that verifies signatures, as Envoy does, and finds every one good; or one that leaves it to the filter.
    pub fn verifying(verifies: bool) -> Self {
        Self {
            verdict: verifies.then_some(true),
            ..Self::default()
        }
    }

    /// A host that verifies signatures and finds every one bad.
    pub fn refusing() -> Self {
        Self {
            verdict: Some(false),
            ..Self::default()
        }
    }
}

impl Host for InstantHost {
    fn now(&self) -> Duration {
        NOW
    }

    fn random(&self) -> u64 {
        7
    }

    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        (attribute == Attribute::SourceAddress).then(|| b"8.8.8.8:40000".to_vec())
    }

    fn shared_data(&self, key: &str) -> Shared {
        self.shared.borrow().get(key)
    }

    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        self.shared.borrow_mut().set(key, value, version)
    }

    fn verify_signature(&self, _: Hash, _: &[u8], _: &[u8], _: &[u8]) -> Option<bool> {
        self.verdict
    }

    fn count(&self, _: &str, _: u64) {}
}

/// A stream that is about to begin, and what will come along it.
pub struct Prepared<C: FilterConfig> {
    stream: Stream<C>,
    request: Headers,
    response: Headers,
    host: InstantHost,
}

impl<C: FilterConfig> Prepared<C> {
    /// A stream of a filter with this configuration, which has seen such a request before if it's `warm`.
    ///
    /// # Panics
    /// When the configuration is refused, or the filter answers in the upstream's place.
    pub fn new(configuration: &str, host: InstantHost, warm: bool) -> Self {
        let plugin = Rc::new(Plugin::<C>::new(Some(configuration.as_bytes())).unwrap());
        if warm {
            let decision = plugin.stream().on_request_headers(&request(TOKEN), &host);
            assert!(matches!(decision, Decision::Continue(_)), "{decision:?}");
        }
        Self {
            stream: plugin.stream(),
            request: request(TOKEN),
            response: response(),
            host,
        }
    }

    /// A stream whose request has this token.
    ///
    /// # Panics
    /// When the configuration is refused.
    pub fn with_token(configuration: &str, host: InstantHost, token: &str) -> Self {
        let prepared = Self::new(configuration, host, false);
        Self {
            request: request(token),
            ..prepared
        }
    }

    /// The request and the response, once; all of it comes back, so that its end isn't counted.
    pub fn run(mut self) -> (Self, Decision, ResponsePlan) {
        let decision = self.stream.on_request_headers(&self.request, &self.host);
        let plan = self.stream.on_response_headers(&self.response, &self.host);
        (self, decision, plan)
    }
}

fn request(token: &str) -> Headers {
    let token = format!("Bearer {token}");
    [
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "shop.example.com"),
        (":path", "/products/4711?color=blue&utm_source=mail"),
        (
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ),
        (
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        ),
        ("accept-encoding", "gzip, deflate, br;q=0.9, zstd"),
        ("accept-language", "en-GB,en;q=0.7,de;q=0.3"),
        ("x-forwarded-for", "8.8.8.8"),
        ("x-api-key", "0123456789abcdef"),
        ("cookie", "theme=dark; consent=all"),
        ("authorization", &token),
    ]
    .into_iter()
    .collect::<Headers>()
    .with_end_of_stream(true)
}

fn response() -> Headers {
    [
        (":status", "200"),
        ("content-type", "application/json"),
        ("content-length", "4096"),
        ("etag", "\"5f3c-1a2b\""),
        ("last-modified", "Thu, 17 Mar 2011 18:42:00 GMT"),
        ("server", "nginx"),
    ]
    .into_iter()
    .collect()
}
