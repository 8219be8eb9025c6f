//! What no client and no upstream should send, made by a generator from a seed; and clients that don't read.

use super::{
    Build, Dependency, Row, Serving, State,
    crowds::{counted, traps},
    soak::resident_kib,
    streams::{self, Asked},
};
use crate::{Answer, Chain, crowd, eventually};
use edge_demo::http::Request;
use std::{
    io::Write,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// Numbers from a seed, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn pick<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        some.get(self.below(some.len())).unwrap()
    }

    /// Pieces of what filters read, put together anyhow.
    fn value(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        for _ in 0..self.below(12) {
            let times = if self.below(20) == 0 { 500 } else { 1 };
            value.extend(self.pick(PIECES).repeat(times));
        }
        value
    }

    fn request(&mut self) -> Vec<u8> {
        let method = self.pick(&["GET", "POST", "HEAD", "OPTIONS", "BREW", "get"]);
        let mut request = format!("{method} /").into_bytes();
        for _ in 0..self.below(8) {
            request.extend_from_slice(self.pick(SEGMENTS).as_bytes());
        }
        request.extend_from_slice(b" HTTP/1.1\r\nhost: edge\r\n");
        for _ in 0..self.below(10) {
            let name = self.pick(REQUEST_FIELDS);
            request.extend([name.as_bytes(), b": ", &self.value(), b"\r\n"].concat());
        }
        match self.below(4) {
            0 => request.extend_from_slice(b"content-length: 10\r\n\r\n{}"),
            1 => request.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            _ => request.extend_from_slice(b"\r\n"),
        }
        request
    }

    fn answer(&mut self) -> Answer {
        let mut answer = Answer {
            status: *self.pick(&[200, 200, 200, 204, 206, 301, 304, 404, 500, 599]),
            body: (0..self.below(4))
                .map(|_| b"<p>body</p>".repeat(self.below(300)))
                .collect(),
            ..Answer::default()
        };
        for _ in 0..self.below(10) {
            let name = *self.pick(RESPONSE_FIELDS);
            answer = answer.header(name, self.value());
        }
        answer
    }
}

/// Messages at a time.
const BATCH: usize = 50;

/// So many hostile requests, and as many hostile responses to harmless ones.
///
/// # Panics
/// When the chain doesn't start.
pub fn hostile(build: Build, workers: usize, count: usize, seed: u64) -> Row {
    let limits = Dependency::start(Serving::Limits, Some(State::Garbage));
    let chain = Chain::start_as(build, workers, limits.address(), |_| {});
    let mut random = Random(seed);
    let to = chain.envoy.address();
    // From many addresses, or rate-limit would keep them from the filters behind it.
    for (network, _) in (20..220).cycle().zip((0..count).step_by(BATCH)) {
        streams::shout(to, network, (0..BATCH).map(|_| random.request()).collect());
    }
    let (mut answered, mut asked) = (0, Vec::new());
    for (network, _) in (20..220).cycle().zip((0..count).step_by(BATCH)) {
        asked.clear();
        for _ in 0..BATCH {
            chain.upstream.answer_next_with(random.answer());
            let coding = *random.pick(&["gzip", "br", "zstd", "identity"]);
            asked.push(Asked {
                path: "/asset/x".to_owned(),
                token: None,
                body: None,
                fields: vec![("accept-encoding".to_owned(), coding.to_owned())],
            });
        }
        let outcomes = streams::send(to, network, asked.clone(), Duration::from_secs(10));
        answered += outcomes
            .iter()
            .filter(|outcome| outcome.status != Some(429))
            .count();
    }
    let traps = traps(&chain.envoy);
    chain.upstream.answer_with(Answer::text("well"));
    // Answers that nobody has fetched come first.
    let is_served = eventually(Duration::from_secs(10), || {
        [200, 429].contains(&chain.send(&Request::get("/health")).status)
    });
    Row {
        promise: "whatever is sent, no module traps, and the next request is served",
        test: format!(
            "{count} generated requests and responses, seed {seed}; {}, {}",
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!("{traps} traps; {answered} of the responses passed all filters"),
        holds: traps == 0 && is_served && answered > count / 2,
    }
}

/// Clients who ask for a megabyte and never read it.
///
/// # Panics
/// When the chain doesn't start.
pub fn unread(build: Build, workers: usize, clients: usize) -> Row {
    let limits = Dependency::start(Serving::Limits, None);
    let chain = Chain::start_as(build, workers, limits.address(), |_| {});
    let to = chain.envoy.address();
    let before = resident_kib(chain.envoy.id());
    let noise = super::dependency::noise(1_000_000);
    chain.upstream.answer_with(Answer {
        body: vec![noise],
        ..Answer::text("").header("content-type", "text/plain")
    });
    let mut silent = Vec::new();
    for number in 0..clients {
        let mut stream = TcpStream::connect(to).unwrap();
        let coding = ["gzip", "br", "zstd", "identity"][number % 4];
        let _ = stream.write_all(
            format!("GET /asset/{number} HTTP/1.1\r\nhost: edge\r\naccept-encoding: {coding}\r\n\r\n")
                .as_bytes(),
        );
        silent.push(stream);
    }
    thread::sleep(Duration::from_secs(2));
    let during = resident_kib(chain.envoy.id());
    chain.upstream.answer_with(Answer::text("well"));
    let started = Instant::now();
    let others = crowd::send(
        to,
        vec!["GET /health HTTP/1.1\r\nhost: edge\r\n\r\n".to_owned(); 50],
        Duration::from_secs(5),
    );
    let took = started.elapsed();
    drop(silent);
    let failed = others
        .iter()
        .filter(|other| !matches!(other.status, Some(200 | 429)))
        .count();
    let traps = traps(&chain.envoy);
    Row {
        promise: "clients who don't read cost what their buffers may hold, and disturb nobody",
        test: format!(
            "{clients} clients ask for 1 MB and don't read; {}, {}",
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!(
            "{traps} traps; {failed} of {} others failed, all answered within {} ms; resident {} MiB before, {} MiB with them",
            others.len(),
            took.as_millis(),
            before / 1024,
            during / 1024,
        ),
        holds: traps == 0 && failed == 0,
    }
}

const PIECES: &[&[u8]] = &[
    b"\xff\xfe\x80",
    b"\"",
    b"\\",
    b",",
    b";",
    b"=",
    b"q=0.5",
    b"gzip",
    b"br",
    b"*",
    b"Bearer ",
    b"DPoP ",
    b"eyJhbGciOiJub25lIn0",
    b".",
    b"..",
    b"%2e",
    b"%",
    b"%00",
    b"\t",
    b"127.0.0.1",
    b"[::1]:80",
    b"999.999.999.999",
    b"max-age=",
    b"99999999999999999999",
    b"-1",
    b"no-store",
    b"W/\"a\"",
    b"bytes=0-",
    b"Sun, 06 Nov 1994 08:49:37 GMT",
    b"text/html",
    b"charset=",
    b"private",
    b"XX",
    b"KP",
    b"demo-cdn",
    b"identity;q=0",
    b"a=b",
    b"{",
    b"}",
    b"[",
    b"0",
];
const SEGMENTS: &[&str] = &[
    "health",
    "geo",
    "transform",
    "asset",
    "assets",
    "images",
    "..",
    ".",
    "/",
    "//",
    "%2f",
    "%2e%2e",
    "%5c",
    ";a=b",
    "?",
    "&",
    "=",
    "%ff",
    "%",
];
const REQUEST_FIELDS: &[&str] = &[
    "authorization",
    "cookie",
    "accept-encoding",
    "x-forwarded-for",
    "forwarded",
    "cf-ipcountry",
    "x-cdn-secret",
    "if-none-match",
    "if-match",
    "if-modified-since",
    "range",
    "if-range",
    "cache-control",
    "pragma",
    "origin",
    "referer",
    "sec-fetch-site",
    "available-dictionary",
    "dictionary-id",
    "dpop",
    "content-type",
    "user-agent",
    "te",
    "x-edge-cluster",
    "x-geo-country",
    "x-demo-coding",
    "access-control-request-method",
    "trailer",
];
/// Fields of responses that filters read or write.
pub const RESPONSE_FIELDS: &[&str] = &[
    "cache-control",
    "vary",
    "etag",
    "expires",
    "age",
    "date",
    "last-modified",
    "content-type",
    "content-encoding",
    "set-cookie",
    "cdn-cache-control",
    "surrogate-control",
    "cache-status",
    "content-digest",
    "repr-digest",
    "accept-ranges",
    "use-as-dictionary",
    "ratelimit",
    "location",
    "link",
    "trailer",
];
