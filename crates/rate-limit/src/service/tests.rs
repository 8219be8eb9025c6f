use crate::service::*;
use http_filter::protobuf::{put_bytes, put_varint};
use proptest::prelude::*;
use std::time::Duration;

fn message(fields: &[(u8, &[u8])]) -> Vec<u8> {
    let mut message = Vec::new();
    for (number, bytes) in fields {
        put_bytes(&mut message, *number, bytes);
    }
    message
}

fn over_limit() -> Vec<u8> {
    let mut reset = Vec::new();
    put_varint(&mut reset, 1, 30);
    put_varint(&mut reset, 2, 500_000_000);
    let mut limit = Vec::new();
    put_varint(&mut limit, 1, 10);
    put_varint(&mut limit, 2, 2);
    let mut status = message(&[(2, &limit), (4, &reset)]);
    put_varint(&mut status, 1, 2);
    put_varint(&mut status, 3, 0);
    let mut answer = message(&[
        (2, &status),
        (3, &message(&[(1, b"X-Why"), (2, b"because")])),
        (3, &message(&[(1, b"content-length"), (2, b"7")])),
        (3, &message(&[(1, b":status"), (2, b"200")])),
        (3, &message(&[(1, b"x-split"), (2, b"a\r\nb: c")])),
        (4, &message(&[(1, b"x-left"), (3, b"0")])),
        (5, b"slow down"),
        (6, b""),
    ]);
    put_varint(&mut answer, 1, 2);
    answer
}

#[test]
fn answers_are_read() {
    let answer = Answer::parse(&over_limit()).unwrap();
    let expected = Answer {
        code: Code::OverLimit,
        statuses: vec![Status {
            code: Code::OverLimit,
            limit: Some(Limit {
                requests: 10,
                per: Duration::from_secs(60),
            }),
            remaining: 0,
            reset: Some(Duration::from_millis(30_500)),
        }],
        response_headers: vec![("x-why".into(), "because".into())],
        request_headers: vec![("x-left".into(), "0".into())],
        body: b"slow down".to_vec(),
    };
    assert_eq!(answer, expected);
}

#[test]
fn older_fields_tell_of_the_limit_where_there_is_no_status() {
    let limit = |requests, per| {
        Some(Limit {
            requests,
            per: Duration::from_secs(per),
        })
    };
    let reset = |seconds| Some(Duration::from_secs(seconds));
    for (name, fields, expected) in [
        (
            "as limitador writes them",
            [Some("10, 10;w=60"), Some("3"), Some("41")],
            (limit(10, 60), 3, reset(41)),
        ),
        (
            "two limits, the tighter one first",
            [
                Some("5, 5;w=10;name=\"short\", 5000;w=3600"),
                Some("0"),
                Some("7"),
            ],
            (limit(5, 10), 0, reset(7)),
        ),
        (
            "its window is the one with its number",
            [Some("5, 50;w=3600, 5;w=10"), Some("0"), Some("7")],
            (limit(5, 10), 0, reset(7)),
        ),
        (
            "no window, no reset",
            [Some("10"), Some("3"), None],
            (limit(10, 0), 3, None),
        ),
        (
            "a reset of nothing",
            [Some("10"), Some("3"), Some("0")],
            (limit(10, 0), 3, None),
        ),
        ("no limit", [None, Some("3"), Some("41")], (None, 0, None)),
        (
            "nothing left is not the same as not said",
            [Some("10"), None, Some("41")],
            (None, 0, None),
        ),
        ("no number", [Some("ten"), Some("3"), Some("41")], (None, 0, None)),
        (
            "too large",
            [Some("10"), Some("99999999999"), Some("41")],
            (None, 0, None),
        ),
    ] {
        let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
        let fields = names.into_iter().zip(fields);
        let answer = Answer {
            code: Code::OverLimit,
            response_headers: fields
                .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
                .collect(),
            ..Answer::default()
        };
        let status = answer.only_status();
        assert_eq!(status.code, Code::OverLimit, "{name}");
        assert_eq!((status.limit, status.remaining, status.reset), expected, "{name}");
    }
    let mut answer = Answer::parse(&over_limit()).unwrap();
    answer
        .response_headers
        .push(("x-ratelimit-limit".into(), "99".into()));
    answer
        .response_headers
        .push(("x-ratelimit-remaining".into(), "98".into()));
    assert_eq!(answer.only_status().remaining, 0, "a status counts for more");
}

#[test]
fn nonsense_is_no_answer() {
    for (name, bytes) in [
        ("a cut tag", &b"\x80"[..]),
        ("a cut length", b"\x12\x05ab"),
        ("a group", b"\x0b"),
        ("field zero", b"\x00\x01"),
        (
            "an endless number",
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ),
        ("a text for a number", b"\x0a\x01a"),
        ("a number for a message", b"\x10\x01"),
        ("HTML", b"<html>"),
    ] {
        assert_eq!(Answer::parse(bytes), Err(Malformed), "{name}");
    }
    assert_eq!(Answer::parse(b"").unwrap().code, Code::Unknown);
    assert_eq!(Answer::parse(b"\x08\x07").unwrap().code, Code::Unknown);
}

#[test]
fn questions_are_as_protoc_writes_them() {
    let entries = [
        ("generic_key".to_owned(), "login".to_owned()),
        ("sub".to_owned(), String::new()),
    ];
    let alike = Question {
        domain: "edge",
        descriptors: vec![Descriptor {
            entries: &entries,
            hits: 1,
            limit: None,
        }],
    };
    let entries_bytes = b"\x0a\x14\x0a\x0bgeneric_key\x12\x05login\x0a\x07\x0a\x03sub\x12\x00";
    let mut expected = b"\x0a\x04edge\x12\x1f".to_vec();
    expected.extend_from_slice(entries_bytes);
    expected.extend_from_slice(b"\x18\x01");
    assert_eq!(alike.encode(), expected);
    let mut different = alike.clone();
    different.descriptors.push(Descriptor {
        entries: &[],
        hits: 300,
        limit: Some((100, 2)),
    });
    let bytes = different.encode();
    assert!(
        bytes.ends_with(b"\x12\x0b\x12\x04\x08\x64\x10\x02\x1a\x03\x08\xac\x02\x18\xac\x02"),
        "{bytes:x?}"
    );
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Answer::parse(&bytes);
    }

    #[test]
    fn a_changed_answer_never_panics(at in 0usize..150, to: u8) {
        let mut bytes = over_limit();
        if let Some(byte) = bytes.get_mut(at) {
            *byte = to;
        }
        let _ = Answer::parse(&bytes);
    }
}
