//! What no client and no upstream should send, made by a generator from a seed.

use super::{
    Build, Dependency, Row, Serving, State,
    crowds::{counted, traps},
    hostile_words::{PIECES, REQUEST_FIELDS, RESPONSE_FIELDS, SEGMENTS},
    streams::{self, Asked},
};
use crate::{Answer, Chain, eventually};
use edge_demo::http::Request;
use std::time::Duration;

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
