//! compression-negotiation in a real Envoy: bodies of all kinds, over HTTP/1.1 and HTTP/2 on either side, come out byte for
//! byte as they went in, by the decoders that the world uses; whoever encodes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

use integration::{
    Answer,
    codings::{self, Fetched, HTTP_1, HTTP_2, curl, decoded},
    compressing::{Compressing, Way},
};
use serde_json::json;
use std::time::Duration;

/// Something like a page: repetitive, but no two lines alike.
fn page(length: usize) -> Vec<u8> {
    let line = |at: usize| {
        format!(
            "<li id=\"{at}\"><a href=\"/item/{}\">item {at}</a></li>\n",
            at * 7919 % 10_007
        )
    };
    (0..).flat_map(|at| line(at).into_bytes()).take(length).collect()
}

/// What no encoder makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn whole(body: Vec<u8>) -> Answer {
    Answer {
        body: vec![body],
        ..Answer::default()
    }
    .header("content-type", "text/html")
}

/// In chunks of HTTP/1.1, of odd sizes; of unknown length in HTTP/2.
fn chunked(body: &[u8]) -> Answer {
    let sizes = [1, 4096, 17, 16_384, 65_536, 3].into_iter().cycle();
    let (mut rest, mut chunks) = (body, Vec::new());
    for size in sizes {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        chunks.push(chunk.to_vec());
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    Answer {
        body: chunks,
        ..Answer::default()
    }
    .header("content-type", "text/html")
}

/// Who encodes a response, by the version of HTTP that its upstream speaks.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Nobody,
    NativeOnly,
    /// The filter itself not where the upstream speaks HTTP/2: trailers might follow.
    NotHereOverHttp2,
    Anybody,
}

struct Row {
    name: &'static str,
    answer: Answer,
    by: By,
}

fn rows() -> Vec<Row> {
    let trailing = |announced: bool| {
        let answer = Answer {
            trailers: vec![("x-sum".into(), "1".into())],
            ..chunked(&page(70_000))
        };
        if announced {
            answer.header("trailer", "x-sum")
        } else {
            answer
        }
    };
    let row = |name, by, answer| Row { name, answer, by };
    vec![
        row("empty", By::Nobody, whole(Vec::new())),
        row("one byte", By::Nobody, whole(b"x".to_vec())),
        row("too small", By::Nobody, whole(page(255))),
        row("just large enough", By::Anybody, whole(page(256))),
        row(
            "a page",
            By::Anybody,
            whole(page(100_000)).header("etag", "\"x\""),
        ),
        row("noise that says it is text", By::Anybody, whole(noise(700_000))),
        row("chunks", By::NotHereOverHttp2, chunked(&page(300_000))),
        row("chunks of noise", By::NotHereOverHttp2, chunked(&noise(300_000))),
        row(
            "slow chunks",
            By::NotHereOverHttp2,
            Answer {
                pause: Duration::from_millis(20),
                ..chunked(&page(90_000))
            },
        ),
        row(
            "a slow page",
            By::Anybody,
            Answer {
                body: page(30_000).chunks(7_000).map(<[u8]>::to_vec).collect(),
                pause: Duration::from_millis(20),
                ..Answer::default()
            }
            .header("content-type", "text/html")
            .header("content-length", "30000"),
        ),
        row("announced trailers", By::NativeOnly, trailing(true)),
        row(
            "an error page",
            By::Anybody,
            Answer {
                status: 404,
                ..whole(page(5_000))
            },
        ),
        row(
            "a picture",
            By::Nobody,
            Answer {
                body: vec![noise(5_000)],
                ..Answer::default()
            }
            .header("content-type", "image/png"),
        ),
        row(
            "no-transform",
            By::Nobody,
            whole(page(5_000)).header("cache-control", "no-transform"),
        ),
        row(
            "events",
            By::Nobody,
            Answer {
                body: vec![b"data: 1\n\n".to_vec(); 200],
                ..Answer::default()
            }
            .header("content-type", "text/event-stream"),
        ),
    ]
}

fn fetch(
    compressing: &Compressing,
    way: Way,
    client: &str,
    upstream: &str,
    coding: &str,
    more: &[&str],
) -> Fetched {
    let (accept, cluster) = (
        format!("accept-encoding: {coding}"),
        format!("x-cluster: {upstream}"),
    );
    let mut arguments = vec![client, "-H", &accept, "-H", &cluster];
    arguments.extend(more);
    curl(compressing.address(way), "/page", &arguments)
}

#[track_caller]
fn assert_is(fetched: &Fetched, expected: &[u8], coding: Option<&str>, name: &str) {
    assert_eq!(fetched.exit, 0, "{name}: curl failed, {fetched:?}");
    assert_eq!(
        fetched.field("content-encoding"),
        coding,
        "{name}: {:?}",
        fetched.fields
    );
    let plain = match coding {
        Some(coding) => decoded(coding, &fetched.body).unwrap_or_else(|error| panic!("{name}: {error}")),
        None => fetched.body.clone(),
    };
    assert!(
        plain == expected,
        "{name}: {} bytes came out, {} went in",
        plain.len(),
        expected.len()
    );
}

#[test]
fn every_body_comes_out_as_it_went_in() {
    if !codings::programs_are_here("bodies through the encoders") {
        return;
    }
    let compressing = Compressing::start(&json!(true));
    for row in rows() {
        compressing.upstream.answer_with(row.answer.clone());
        let body = row.answer.body.concat();
        for (way, codings) in [
            (Way::Negotiate, &["gzip", "br", "zstd"][..]),
            (Way::Encode, &["gzip"]),
            (Way::EncodeAll, &["br", "zstd"]),
        ] {
            for (at, coding) in codings.iter().enumerate() {
                // Both versions on both sides, without every pair for every coding.
                for (client, upstream) in [
                    [(HTTP_1, "upstream"), (HTTP_2, "h2")],
                    [(HTTP_2, "upstream"), (HTTP_1, "h2")],
                ][at % 2]
                {
                    let name = format!("{}, {way:?}, {coding}, {client}, {upstream}", row.name);
                    let native = way == Way::Negotiate;
                    let encoded = match row.by {
                        By::Nobody => false,
                        By::NativeOnly => native,
                        By::NotHereOverHttp2 => native || upstream == "upstream",
                        By::Anybody => true,
                    };
                    let fetched = fetch(&compressing, way, client, upstream, coding, &[]);
                    assert_is(&fetched, &body, encoded.then_some(*coding), &name);
                    assert_eq!(fetched.status, row.answer.status, "{name}");
                    if encoded {
                        let vary = fetched.field("vary").unwrap_or_default().to_ascii_lowercase();
                        assert!(vary.contains("accept-encoding"), "{name}: {vary}");
                        assert_ne!(
                            fetched.field("etag"),
                            Some("\"x\""),
                            "{name}: a strong tag for two codings"
                        );
                    }
                    if !row.answer.trailers.is_empty() {
                        assert_eq!(fetched.field("x-sum"), Some("1"), "{name}: the trailer");
                    }
                }
            }
        }
    }
}

/// As browsers do it: `curl --compressed` asks for all that it has and decodes by itself.
#[test]
fn curl_reads_what_it_asked_for() {
    if !codings::programs_are_here("bodies by curl --compressed") {
        return;
    }
    let compressing = Compressing::start(&json!(true));
    for row in rows() {
        compressing.upstream.answer_with(row.answer.clone());
        for way in [Way::Negotiate, Way::Encode, Way::EncodeAll] {
            for client in [HTTP_1, HTTP_2] {
                let fetched = curl(compressing.address(way), "/", &[client, "--compressed"]);
                let name = format!("{}, {way:?}, {client}: {:?}", row.name, fetched.fields);
                assert_eq!(fetched.exit, 0, "{name}");
                assert!(fetched.body == row.answer.body.concat(), "{name}");
            }
        }
    }
}

#[test]
fn fifty_megabytes_come_out_as_they_went_in() {
    if !codings::programs_are_here("fifty megabytes") {
        return;
    }
    const LENGTH: usize = 50 << 20;
    let compressing = Compressing::start(&json!({"gzip": {"level": 1}}));
    let megabytes = page(LENGTH);
    for (way, coding, client, upstream, answer) in [
        (
            Way::Negotiate,
            "gzip",
            HTTP_1,
            "upstream",
            whole(megabytes.clone()),
        ),
        (Way::Negotiate, "zstd", HTTP_2, "h2", chunked(&megabytes)),
        (Way::Encode, "gzip", HTTP_2, "h2", whole(megabytes.clone())),
        (Way::EncodeAll, "zstd", HTTP_1, "upstream", chunked(&megabytes)),
        (Way::EncodeAll, "br", HTTP_2, "upstream", whole(megabytes.clone())),
    ] {
        compressing.upstream.answer_with(answer);
        let fetched = fetch(&compressing, way, client, upstream, coding, &[]);
        let name = format!("{way:?}, {coding}, {client}, {upstream}");
        assert_is(&fetched, &megabytes, Some(coding), &name);
        println!("{name}: {} of {LENGTH} bytes", fetched.body.len());
    }
}
