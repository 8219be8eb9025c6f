//! Bodies and held responses.

use super::world::World;
use edge_demo::http::{Connection, Request};
use integration::{Answer, FilterHost};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn bodies_are_rewritten_held_and_discarded() {
    let world = World::new(&Value::Null, json!({}));
    for (name, chunks, expected) in [
        ("no body", &[][..], ""),
        ("one chunk", &["abc"][..], "ABC!"),
        ("several", &["abc", "def", "g"][..], "ABCDEFG!"),
    ] {
        let body = chunks.iter().map(|chunk| chunk.as_bytes().to_vec()).collect();
        world.upstream.answer_with(Answer {
            body,
            pause: Duration::from_millis(5),
            ..Answer::default()
        });
        let rewritten = world.send(&Request::get("/").header("x-response", "rewrite"));
        assert_eq!(rewritten.text(), expected, "{name}: rewritten");
        let discarded = world.send(&Request::get("/").header("x-response", "discard"));
        assert_eq!(
            (discarded.status, discarded.body.len()),
            (304, 0),
            "{name}: discarded"
        );
    }
}

/// A 304 that carried a body, or announced one, would be taken for the next response's beginning.
#[test]
fn a_discarded_body_leaves_the_connection_usable() {
    let world = World::new(&Value::Null, json!({}));
    world.upstream.answer_with(Answer {
        body: vec![b"abc".repeat(50_000), b"def".to_vec()],
        ..Answer::default()
    });
    let mut connection = Connection::open(world.envoy.address()).unwrap();
    for _ in 0..3 {
        let discarded = connection
            .send(&Request::get("/").header("x-response", "discard"))
            .unwrap();
        assert_eq!(discarded.status, 304);
        assert_eq!(discarded.header("transfer-encoding"), None);
        assert_eq!(connection.send(&Request::get("/")).unwrap().body.len(), 150_003);
    }
}

#[test]
fn responses_are_held_where_envoy_is_set_to_allow_it() {
    let world = World::new(&Value::Null, json!({"allow_on_headers_stop_iteration": true}));
    for (name, size, pause, expected) in [
        ("one byte", 1, 0, "1"),
        ("small", 100, 0, "100"),
        ("slow", 100, 30, "100"),
        ("at the limit", 1024, 0, "1024"),
        ("beyond", 1025, 0, "unknown"),
        ("far beyond", 300_000, 0, "unknown"),
    ] {
        let body = vec![vec![b'x'; size / 2], vec![b'x'; size - size / 2]];
        world.upstream.answer_with(Answer {
            body,
            pause: Duration::from_millis(pause),
            ..Answer::default()
        });
        let held = world.send(&Request::get("/").header("x-response", "hold"));
        assert_eq!(
            (held.body.len(), held.header("x-length").as_deref()),
            (size, Some(expected)),
            "{name}"
        );
    }
    world.upstream.answer_with(Answer::default());
    let bodiless = world.send(&Request::get("/").header("x-response", "hold"));
    assert_eq!(
        (bodiless.status, bodiless.header("x-length")),
        (200, None),
        "nothing to hold: HEAD's would be a wrong length"
    );
    assert_eq!(world.counter("hold_given_up"), 0);
}

#[test]
fn a_hold_that_envoy_does_not_allow_is_given_up() {
    if FilterHost::chosen() == FilterHost::Native {
        return; // A dynamic module may always hold.
    }
    let world = World::new(&Value::Null, json!({}));
    let held = world.send(&Request::get("/").header("x-response", "hold"));
    assert_eq!(
        (held.text().as_str(), held.header("x-length").as_deref()),
        ("upstream", Some("unknown"))
    );
    assert!(held.elapsed < Duration::from_secs(2), "{:?}", held.elapsed);
    assert_eq!(world.counter("hold_given_up"), 1);
}

#[test]
fn a_held_request_keeps_its_body_back() {
    for flag in [false, true] {
        let world = World::new(&Value::Null, json!({"allow_on_headers_stop_iteration": flag}));
        let mut request = Request::new("POST", "/wait/3");
        request.body = b"body".repeat(10_000);
        assert_eq!(world.send(&request).status, 200, "flag {flag}");
        let received = world.upstream.received();
        assert_eq!(
            received[0].headers.first("x-woken"),
            Some(&b"3"[..]),
            "flag {flag}: released too early"
        );
        assert_eq!(received[0].body.len(), 40_000, "flag {flag}");
    }
}
