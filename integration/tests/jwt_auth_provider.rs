//! jwt-auth in a real Envoy while its identity provider is down, slow, or talks nonsense at start.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_demo::idp::IdentityProvider;
use integration::{Door, Guarded, eventually};
use serde_json::Value;
use std::{io::Write, net::TcpStream, thread, time::Duration};

const USER: &str = "sub=alice&aud=edge";

#[test]
fn a_provider_that_is_down_at_start_and_comes_up_later() {
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token(USER).unwrap();
    let mut door = Door::closed_to(idp.address());
    let guarded = Guarded::start(door.address(), &Value::Null);
    guarded.assert_unavailable(&token, "the first request");
    let given_up = eventually(Duration::from_secs(10), || {
        guarded.counter("jwks_fetch_failed") >= 4
    });
    assert!(given_up, "{:?}", guarded.counters());
    guarded.assert_unavailable(&token, "after four failures");
    assert!(guarded.counter("waited") >= 1, "{:?}", guarded.counters());
    assert!(
        guarded.counter("keys_unavailable") >= 2,
        "{:?}",
        guarded.counters()
    );

    door.open();
    guarded.assert_recovers(&token, "up");
    assert_eq!(idp.jwks_fetches().unwrap(), 1, "one fetch per process");
    assert_eq!(guarded.counter("jwks_changed"), 1);
}

#[test]
fn a_provider_that_misbehaves_at_start() {
    thread::scope(|scope| {
        // What the provider does, and the counter that must move.
        for (mode, counter) in [
            ("down", "jwks_fetch_failed"),
            ("slow", "jwks_fetch_failed"),
            ("500", "jwks_fetch_failed"),
            ("garbage", "jwks_rejected"),
            ("truncated", "jwks_fetch_failed"),
            ("huge", "jwks_fetch_failed"),
            ("html", "jwks_rejected"),
        ] {
            // Most of the time is waiting.
            scope.spawn(move || misbehaves_at_start(mode, counter));
        }
    });
}

fn misbehaves_at_start(mode: &str, counter: &str) {
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token(USER).unwrap();
    idp.behave(mode, Duration::ZERO).unwrap();
    let guarded = Guarded::start(idp.address(), &Value::Null);
    guarded.assert_unavailable(&token, mode);
    assert!(guarded.counter(counter) > 0, "{mode}: {:?}", guarded.counters());
    assert_eq!(guarded.counter("allowed"), 0, "{mode}");
    assert_eq!(guarded.counter("jwks_changed"), 0, "{mode}");
    idp.behave("ok", Duration::ZERO).unwrap();
    guarded.assert_recovers(&token, mode);
    assert_eq!(guarded.counter("jwks_changed"), 1, "{mode}");
}

/// One fetch per process, and another one only for each that a busy machine let time out.
fn assert_one_fetch(idp: &IdentityProvider, guarded: &Guarded) {
    let counters = guarded.counters();
    let failed = counters.get("jwks_fetch_failed").copied().unwrap_or_default();
    assert_eq!(idp.jwks_fetches().unwrap(), 1 + failed, "{counters:?}");
}

#[test]
fn clients_that_go_away_while_they_wait_are_forgotten() {
    const GONE: usize = 5;
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token(USER).unwrap();
    idp.behave("ok", Duration::from_millis(400)).unwrap();
    let guarded = Guarded::start(idp.address(), &Value::Null);
    let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
    let clients: Vec<TcpStream> = (0..GONE)
        .map(|_| {
            let mut client = TcpStream::connect(guarded.envoy.address()).unwrap();
            client.write_all(request.as_bytes()).unwrap();
            client
        })
        .collect();
    let waiting = eventually(Duration::from_secs(5), || {
        guarded.counter("waited") == GONE as u64
    });
    drop(clients);
    guarded.assert_recovers(&token, "who stays");
    let counters = guarded.counters();
    // On a busy machine keys may have come before all of them waited.
    assert!(!waiting || counters["allowed"] <= 2, "{counters:?}");
    assert_one_fetch(&idp, &guarded);
}

#[test]
fn requests_wait_for_keys_that_are_on_their_way() {
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token(USER).unwrap();
    idp.behave("ok", Duration::from_millis(200)).unwrap();
    let guarded = Guarded::start(idp.address(), &Value::Null);
    // Those that came before the keys wait; none of them fails.
    let statuses: Vec<u16> = thread::scope(|scope| {
        let early: Vec<_> = (0..12)
            .map(|_| scope.spawn(|| guarded.get(&token).status))
            .collect();
        early.into_iter().map(|request| request.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 12], "{:?}", guarded.counters());
    assert_one_fetch(&idp, &guarded);
}
