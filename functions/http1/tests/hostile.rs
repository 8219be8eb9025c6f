//! Whatever arrives, in whatever pieces: the connection goes on or ends, and holds no more than it may.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use functions_http1::Connection;
use proptest::prelude::*;

/// Pieces of requests, whole ones, and noise.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = |text: &'static str| Just(text.as_bytes().to_vec());
    prop_oneof![
        known("GET /health HTTP/1.1\r\nhost: a\r\n\r\n"),
        known("GET /stream?n=2&ms=1 HTTP/1.1\r\nhost: a\r\n\r\n"),
        known("POST /aggregate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"),
        known("transfer-encoding: chunked\r\n\r\n"),
        known("content-length: 3\r\n\r\n"),
        known("expect: 100-continue\r\n"),
        known("[1]"),
        known("3\r\n[1]\r\n"),
        known("0\r\n\r\n"),
        known("\r\n"),
        prop::collection::vec(any::<u8>(), 0..20),
    ]
}

proptest! {
    #[test]
    fn the_connection_goes_on_or_ends(pieces in prop::collection::vec(piece(), 1..20)) {
        let mut now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let mut connection = Connection::new(Arc::default(), now);
        let mut sent = 0;
        for piece in &pieces {
            connection.receive(piece, now);
            // As the owner of a socket would: send, and wake when it is time.
            for _ in 0..20 {
                let length = connection.output().len();
                prop_assert!(length < 4096, "{length}");
                sent += length;
                connection.sent(length, now);
                if connection.wants_input() || connection.is_over() {
                    break;
                }
                now = connection.wakes_at().max(now);
                connection.wake(now);
            }
            prop_assert!(connection.wants_input() || connection.is_over());
        }
        prop_assert!(sent <= pieces.len() * 4096);
        // Left alone, every connection ends.
        for _ in 0..3 {
            now = connection.wakes_at().max(now);
            connection.wake(now);
            connection.sent(connection.output().len(), now);
        }
        prop_assert!(connection.is_over());
    }
}
