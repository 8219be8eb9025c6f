//! `GET /text` and `GET /stream`: content of a wanted size, or at a wanted speed.

use std::time::Duration;

use crate::response::Body;
use crate::{Problem, Request, Response};

/// `?bytes=N`: that much plain text, always the same, which compresses about as well as prose does.
pub(crate) fn text(request: &Request) -> Result<Response, Problem> {
    let length = usize::try_from(request.number("bytes", 16 * 1024, MAX_TEXT)?).unwrap_or_default();
    let mut text = String::with_capacity(length + 64);
    let mut line: usize = 0;
    while text.len() < length {
        text.push_str(&line.to_string());
        for step in [3, 5, 11, 13] {
            text.push(' ');
            text.push_str(
                WORDS
                    .get((line * step + line / 7) % WORDS.len())
                    .copied()
                    .unwrap_or_default(),
            );
        }
        text.push_str(".\n");
        line += 1;
    }
    // The words are ASCII: any length is a character's end.
    text.truncate(length);
    Ok(Response::new(200, "text/plain; charset=utf-8", text).header("cache-control", "no-store"))
}

/// `?n=N&ms=M`: N lines, one every M milliseconds.
pub(crate) fn stream(request: &Request) -> Result<Response, Problem> {
    let count = request.number("n", 5, MAX_CHUNKS)?;
    let pause = Duration::from_millis(request.number("ms", 200, MAX_PAUSE_MS)?);
    let chunks = (1..=count)
        .map(|index| format!("chunk {index} of {count}\n"))
        .collect();
    Ok(Response {
        status: 200,
        headers: vec![
            ("content-type", "text/plain; charset=utf-8".to_owned()),
            ("cache-control", "no-store".to_owned()),
        ],
        body: Body::Paced { chunks, pause },
    })
}

const MAX_TEXT: u64 = 1024 * 1024;
const MAX_CHUNKS: u64 = 50;
const MAX_PAUSE_MS: u64 = 1_000;
const WORDS: &[&str] = &[
    "edge", "proxy", "filter", "header", "route", "cluster", "token", "claim", "country", "region", "bucket",
    "quota", "coding", "cache", "origin", "worker", "module", "function", "request", "response", "upstream",
    "listener", "policy",
];
