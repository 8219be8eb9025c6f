//! compression-negotiation in a real Envoy: what belongs to a response besides its body, by whoever encodes; and sides that
//! go before the end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::http::Request;
use integration::{
    Answer,
    codings::{self, HTTP_1, HTTP_2, curl, decoded},
    compressing::{Compressing, Way},
    eventually,
};
use serde_json::json;
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

const WAYS: [(Way, &str); 4] = [
    (Way::Negotiate, "gzip"),
    (Way::Negotiate, "zstd"),
    (Way::Encode, "gzip"),
    (Way::EncodeAll, "br"),
];

fn page() -> Answer {
    Answer::text(&"<p>a page of some length</p>\n".repeat(200))
        .header("content-type", "text/html")
        .header("etag", "\"x\"")
}

#[test]
fn what_belongs_to_a_response_is_right() {
    if !codings::programs_are_here("responses through the encoders") {
        return;
    }
    let compressing = Compressing::start(&json!(true));
    for (way, coding) in WAYS {
        for client in [HTTP_1, HTTP_2] {
            let name = format!("{way:?}, {coding}, {client}");
            let accept = format!("accept-encoding: {coding}");
            let get = |more: &[&str]| {
                curl(
                    compressing.address(way),
                    "/",
                    &[&[client, "-H", &accept], more].concat(),
                )
            };

            compressing.upstream.answer_with(
                page()
                    .header("accept-ranges", "bytes")
                    .header("content-md5", "AA=="),
            );
            let full = get(&[]);
            assert_eq!(full.field("content-encoding"), Some(coding), "{name}");
            assert_eq!(full.field("etag"), Some("W/\"x\""), "{name}");
            assert_eq!(full.field("accept-ranges"), None, "{name}");
            assert_eq!(full.field("content-md5"), None, "{name}");

            let head = get(&["-I"]);
            assert_eq!((head.exit, head.status), (0, 200), "{name}");
            assert_eq!(
                head.field("content-length"),
                None,
                "{name}: HEAD has no length that GET hasn't"
            );
            assert_eq!(
                head.field("etag"),
                Some("W/\"x\""),
                "{name}: HEAD has the tag that GET has"
            );
            assert_eq!(head.field("vary"), Some("Accept-Encoding"), "{name}");

            compressing.upstream.received();
            compressing.upstream.answer_with(
                Answer {
                    status: 304,
                    ..Answer::default()
                }
                .header("etag", "\"x\""),
            );
            let unchanged = get(&["-H", "if-none-match: W/\"x\""]);
            assert_eq!(
                (unchanged.status, unchanged.field("etag")),
                (304, Some("W/\"x\"")),
                "{name}"
            );
            assert_eq!(unchanged.field("vary"), Some("Accept-Encoding"), "{name}");
            let asked = compressing.upstream.received().pop().unwrap().headers;
            assert_eq!(
                asked.first("if-none-match"),
                Some(b"W/\"x\", \"x\"".as_slice()),
                "{name}"
            );

            let part = Answer {
                status: 206,
                ..Answer::text(&"part of it".repeat(100))
            };
            let part = part
                .header("content-type", "text/html")
                .header("content-range", "bytes 0-999/5800");
            compressing.upstream.answer_with(part);
            let part = get(&["-H", "range: bytes=0-999"]);
            assert_eq!(
                (part.status, part.field("content-encoding")),
                (206, None),
                "{name}"
            );
            assert_eq!(part.body, "part of it".repeat(100).as_bytes(), "{name}");

            let encoded = Answer {
                body: vec![b"encoded by the origin ".repeat(50)],
                ..Answer::default()
            };
            let encoded = encoded
                .header("content-type", "text/html")
                .header("content-encoding", "compress");
            compressing.upstream.answer_with(encoded);
            let left = get(&[]);
            assert_eq!(left.field("content-encoding"), Some("compress"), "{name}");
            assert_eq!(left.body, b"encoded by the origin ".repeat(50), "{name}");

            compressing.upstream.answer_with(Answer {
                status: 204,
                ..Answer::default()
            });
            let nothing = get(&[]);
            assert_eq!(
                (nothing.exit, nothing.status, nothing.field("content-encoding")),
                (0, 204, None),
                "{name}"
            );
        }
    }
}

/// An upstream that begins a body and goes, for every connection: in chunks, or short of the length it told.
fn quitter() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let is_chunked = head.starts_with(b"GET /chunked");
            let line = "<p>a page that never ends</p>\n".repeat(1000);
            let (field, chunk) = if is_chunked {
                (
                    "transfer-encoding: chunked",
                    format!("{:x}\r\n{line}\r\n", line.len()),
                )
            } else {
                ("content-length: 1000000", line)
            };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n{field}\r\n\r\n{chunk}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    });
    address
}

#[test]
fn a_body_that_breaks_off_is_never_taken_for_a_whole_one() {
    if !codings::programs_are_here("bodies that break off") {
        return;
    }
    let compressing = Compressing::start_before(&json!(true), quitter());
    for framing in ["/chunked", "/length"] {
        for (way, coding) in WAYS {
            for client in [HTTP_1, HTTP_2] {
                let name = format!("{framing}, {way:?}, {coding}, {client}");
                let accept = format!("accept-encoding: {coding}");
                let fetched = curl(compressing.address(way), framing, &[client, "-H", &accept]);
                assert_ne!(fetched.exit, 0, "{name}: curl was told that it's whole");
                if fetched.field("content-encoding") == Some(coding) {
                    assert!(
                        decoded(coding, &fetched.body).is_err(),
                        "{name}: it decodes as if it were whole"
                    );
                }
            }
        }
    }
}

/// Behind trailers nothing can be added, so an encoder that was begun in good faith can't be finished: it's cut off.
#[test]
fn trailers_that_nobody_announced_cut_off_what_they_would_truncate() {
    if !codings::programs_are_here("trailers behind encoded bodies") {
        return;
    }
    let compressing = Compressing::start(&json!(true));
    let body: Vec<Vec<u8>> = vec![b"<p>a line of a page</p>\n".repeat(50); 5];
    let trailers = vec![("x-sum".to_owned(), "1".to_owned())];
    let answer = Answer {
        body: body.clone(),
        trailers,
        ..Answer::default()
    };
    compressing
        .upstream
        .answer_with(answer.header("content-type", "text/html"));
    for (way, coding) in WAYS {
        for client in [HTTP_1, HTTP_2] {
            let name = format!("{way:?}, {coding}, {client}");
            let accept = format!("accept-encoding: {coding}");
            let fetched = curl(compressing.address(way), "/", &[client, "-H", &accept]);
            if way == Way::Negotiate {
                assert_eq!(
                    (fetched.exit, fetched.field("x-sum")),
                    (0, Some("1")),
                    "{name}: {fetched:?}"
                );
                assert_eq!(decoded(coding, &fetched.body).unwrap(), body.concat(), "{name}");
            } else {
                assert_ne!(
                    fetched.exit, 0,
                    "{name}: curl was told that it's whole: {fetched:?}"
                );
            }
            // A client that says that it takes trailers gets the whole page, plain.
            let fetched = curl(
                compressing.address(way),
                "/",
                &[
                    client,
                    "-H",
                    &accept,
                    "-H",
                    "te: trailers",
                    "-H",
                    "connection: te",
                ],
            );
            assert_eq!(
                (fetched.exit, fetched.field("x-sum")),
                (0, Some("1")),
                "{name}: {fetched:?}"
            );
        }
    }
    assert!(compressing.envoy.admin().filter_counters().unwrap()["compression_negotiation.cut_off"] > 0);
}

#[test]
fn clients_that_go_leave_nothing_behind() {
    // Room for two encoders at a time: whatever isn't given back is missed at once.
    let compressing = Compressing::start(&json!({"memory": "700KiB"}));
    let slow = Answer {
        body: vec![b"<p>a line</p>\n".repeat(100); 200],
        pause: Duration::from_millis(20),
        ..Answer::default()
    };
    compressing
        .upstream
        .answer_with(slow.header("content-type", "text/html"));
    let address = compressing.address(Way::Encode);
    for _ in 0..20 {
        let mut client = TcpStream::connect(address).unwrap();
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n")
            .unwrap();
        let mut some = [0; 600];
        client.read_exact(&mut some).unwrap();
    }
    compressing.upstream.answer_with(page());
    let recovered = eventually(Duration::from_secs(20), || {
        let response = Request::get("/")
            .header("accept-encoding", "gzip")
            .send(address)
            .unwrap();
        response.header("content-encoding").as_deref() == Some("gzip")
    });
    assert!(recovered, "{:?}", compressing.envoy.admin().filter_counters());
}
