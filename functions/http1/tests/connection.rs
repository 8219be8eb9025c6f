//! Bytes in, bytes out.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use functions_http1::{Connection, IDLE, REQUEST};

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// Sends everything that is put out; gives it as text.
fn drain(connection: &mut Connection, at: SystemTime) -> String {
    let mut sent = Vec::new();
    while !connection.output().is_empty() {
        sent.extend_from_slice(connection.output());
        connection.sent(connection.output().len(), at);
    }
    String::from_utf8(sent).unwrap()
}

fn exchange(bytes: &[u8]) -> (String, bool) {
    let mut connection = Connection::new(Arc::default(), now());
    connection.receive(bytes, now());
    let answer = drain(&mut connection, now());
    (answer, connection.is_over())
}

const HEALTH: &[u8] = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n";

#[test]
fn requests() {
    let rows: &[(&str, &[u8], &str, bool)] = &[
        ("keep-alive", HEALTH, "HTTP/1.1 200 OK\r\n", false),
        ("close", b"GET /health HTTP/1.1\r\nhost: a\r\nConnection: x, Close\r\n\r\n", "HTTP/1.1 200 OK\r\n", true),
        ("HTTP/1.0", b"GET /health HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", true),
        ("by length", b"POST /aggregate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n[7]", "HTTP/1.1 200 OK\r\n", false),
        ("by chunks", b"POST /aggregate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: Chunked\r\n\r\n1;x\r\n[\r\n2\r\n7]\r\n0\r\nt: 1\r\n\r\n", "HTTP/1.1 200 OK\r\n", false),
        ("not found", b"GET /nothing HTTP/1.1\r\nhost: a\r\n\r\n", "HTTP/1.1 404 Not Found\r\n", false),
    ];
    for (name, bytes, start, over) in rows {
        let (answer, is_over) = exchange(bytes);
        assert!(answer.starts_with(start), "{name}: {answer}");
        assert_eq!(is_over, *over, "{name}");
        assert_eq!(answer.contains("\r\nconnection: close\r\n"), *over, "{name}");
        assert!(
            answer.contains("\r\ndate: Fri, 15 Jan 2027 08:00:00 GMT\r\n"),
            "{name}: {answer}"
        );
    }
}

#[test]
fn what_is_not_a_request_is_refused_and_ends_the_connection() {
    let large = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(40_000));
    let endless = format!("GET /{}", "x".repeat(40_000));
    let many = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: 1\r\n".repeat(200));
    let tiny_chunks = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{}",
        "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n".repeat(2000)
    );
    let rows: &[(&str, &[u8], u16)] = &[
        (
            "not HTTP",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            400,
        ),
        ("no host", b"GET / HTTP/1.1\r\n\r\n", 400),
        ("two hosts", b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        (
            "length and chunks",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
        ),
        (
            "two lengths",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n",
            400,
        ),
        (
            "a signed length",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +3\r\n\r\n",
            400,
        ),
        (
            "an empty length",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length:\r\n\r\n",
            400,
        ),
        (
            "chunks in HTTP/1.0",
            b"POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
        ),
        (
            "a bad chunk",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            400,
        ),
        (
            "a chunk without its end",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nxyz",
            400,
        ),
        (
            "another coding",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
            501,
        ),
        (
            "too large a length",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999999\r\n\r\n",
            413,
        ),
        (
            "too large a body",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 262145\r\n\r\n",
            413,
        ),
        (
            "too large a chunk",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n",
            413,
        ),
        ("too large a head", large.as_bytes(), 431),
        ("a head without end", endless.as_bytes(), 431),
        ("too many lines", many.as_bytes(), 431),
        ("more chunk headers than content", tiny_chunks.as_bytes(), 431),
    ];
    for (name, bytes, status) in rows {
        let (answer, is_over) = exchange(bytes);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{name}: {answer}"
        );
        assert!(answer.contains("application/problem+json"), "{name}");
        assert!(is_over, "{name}");
    }
}

#[test]
fn however_the_bytes_are_cut_the_answer_is_the_same() {
    let request: &[u8] = b"POST /aggregate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n";
    let (whole, _) = exchange(request);
    assert!(whole.contains("\"sum\":3.0"), "{whole}");
    for size in 1..request.len() {
        let mut connection = Connection::new(Arc::default(), now());
        for piece in request.chunks(size) {
            assert!(
                connection.output().is_empty(),
                "answered early with pieces of {size}"
            );
            connection.receive(piece, now());
        }
        assert_eq!(drain(&mut connection, now()), whole, "pieces of {size}");
    }
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    let two = [HEALTH, b"GET /nothing HTTP/1.1\r\nhost: a\r\n\r\n"].concat();
    let (answers, _) = exchange(&two);
    let (first, second) = (
        answers.find("200 OK").unwrap(),
        answers.find("404 Not Found").unwrap(),
    );
    assert!(first < second);
}

#[test]
fn a_client_that_expects_it_is_told_to_go_on_once() {
    let mut connection = Connection::new(Arc::default(), now());
    connection.receive(b"POST /aggregate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n", now());
    assert_eq!(drain(&mut connection, now()), "HTTP/1.1 100 Continue\r\n\r\n");
    connection.receive(b"[7", now());
    assert_eq!(drain(&mut connection, now()), "");
    connection.receive(b"]", now());
    assert!(drain(&mut connection, now()).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_stream_keeps_its_pace() {
    for (version, first, last) in [
        ("1.1", "d\r\nchunk 1 of 2\n\r\n", "0\r\n\r\n"),
        ("1.0", "chunk 1 of 2\n", ""),
    ] {
        let mut connection = Connection::new(Arc::default(), now());
        connection.receive(
            format!("GET /stream?n=2&ms=100 HTTP/{version}\r\nhost: a\r\n\r\n").as_bytes(),
            now(),
        );
        let head = drain(&mut connection, now());
        assert!(
            head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"),
            "{head}"
        );
        assert!(
            !connection.wants_input(),
            "nothing is read while an answer is under way"
        );

        assert_eq!(connection.wakes_at(), now());
        connection.wake(now());
        assert_eq!(drain(&mut connection, now()), first, "{version}");
        assert_eq!(connection.wakes_at(), now() + Duration::from_millis(100));
        connection.wake(now() + Duration::from_millis(99));
        assert_eq!(drain(&mut connection, now()), "", "too early");
        let later = now() + Duration::from_millis(100);
        connection.wake(later);
        assert_eq!(
            drain(&mut connection, later),
            format!("{}{last}", first.replace("1 of", "2 of")),
            "{version}"
        );
        assert_eq!(
            connection.is_over(),
            version == "1.0",
            "only the end of the connection ends it"
        );
    }
}

#[test]
fn quiet_clients_are_let_go() {
    let just_before = Duration::from_millis(1);
    let mut idle = Connection::new(Arc::default(), now());
    idle.wake(now() + IDLE - just_before);
    assert!(!idle.is_over());
    idle.wake(now() + IDLE);
    assert!(idle.is_over());

    let mut slow = Connection::new(Arc::default(), now());
    for second in 0..REQUEST.as_secs() {
        slow.receive(b"G", now() + Duration::from_secs(second));
    }
    slow.wake(now() + REQUEST);
    assert!(slow.is_over(), "a byte now and then doesn't keep a request open");

    let mut stuck = Connection::new(Arc::default(), now());
    stuck.receive(HEALTH, now());
    assert!(!stuck.wants_input());
    stuck.wake(now() + IDLE);
    assert!(stuck.is_over(), "nobody takes the answer");
}

#[test]
fn a_client_that_has_said_all_still_gets_its_answer() {
    let mut connection = Connection::new(Arc::default(), now());
    connection.receive(HEALTH, now());
    connection.client_is_done();
    assert!(!connection.is_over());
    assert!(drain(&mut connection, now()).starts_with("HTTP/1.1 200 OK"));
    assert!(connection.is_over());
}
