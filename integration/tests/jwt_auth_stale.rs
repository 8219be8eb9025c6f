//! jwt-auth in a real Envoy once it has keys: what its identity provider does then must not take them away.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::{http::Request, idp::IdentityProvider};
use integration::{Answer, Door, Guarded, Upstream, eventually};
use serde_json::json;
use std::time::Duration;

const USER: &str = "sub=alice&aud=edge";

/// The provider's keys at an upstream that says nothing of their lifetime, so that `refresh` counts.
fn keys_of(idp: &IdentityProvider) -> Answer {
    let keys = Request::get("/jwks.json").send(idp.address()).unwrap();
    Answer::text(&keys.text())
}

#[test]
fn stale_keys_serve_while_the_provider_is_down_and_for_no_longer_than_configured() {
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token(USER).unwrap();
    let provider = Upstream::start();
    provider.answer_with(keys_of(&idp));
    let mut door = Door::open_to(provider.address());
    let guarded = Guarded::start(door.address(), &json!({"refresh": "2s", "stale": "5s"}));
    guarded.assert_recovers(&token, "at start");
    door.close();
    let failed = eventually(Duration::from_secs(10), || {
        assert_eq!(
            guarded.get(&token).status,
            200,
            "stale keys serve: {:?}",
            guarded.counters()
        );
        guarded.counter("jwks_fetch_failed") >= 2
    });
    assert!(failed, "{:?}", guarded.counters());
    // Remembered tokens end with the keys, too.
    let ended = eventually(Duration::from_secs(20), || guarded.get(&token).status == 503);
    assert!(ended, "{:?}", guarded.counters());
    guarded.assert_unavailable(&token, "beyond `stale`");
    door.open();
    guarded.assert_recovers(&token, "up again");
}

#[test]
fn garbage_never_displaces_good_keys() {
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token(USER).unwrap();
    let provider = Upstream::start();
    let good = keys_of(&idp);
    let truncated = {
        let body = good.body.concat();
        Answer::text(&String::from_utf8_lossy(&body[..body.len() / 2]))
    };
    let status = |status| Answer {
        status,
        ..good.clone()
    };
    let huge = format!("{{\"padding\": \"{}\"}}", "x".repeat(10 << 20));
    provider.answer_with(good.clone());
    let guarded = Guarded::start(provider.address(), &json!({"refresh": "1s"}));
    guarded.assert_recovers(&token, "at start");
    let rejected = "jwks_rejected";
    for (name, answer, counter) in [
        ("an error", status(500), "jwks_fetch_failed"),
        ("a redirect", status(302), "jwks_fetch_failed"),
        (
            "not modified",
            Answer {
                body: Vec::new(),
                ..status(304)
            },
            "jwks_unchanged",
        ),
        ("garbage", Answer::text("\u{0}\u{1}{]not json"), rejected),
        (
            "an HTML page",
            Answer::text("<!doctype html><title>Sign in</title>"),
            rejected,
        ),
        ("half a set", truncated, rejected),
        ("nothing", Answer::text(""), rejected),
        ("an empty set", Answer::text("{\"keys\": []}"), rejected),
        (
            "keys of no use",
            Answer::text("{\"keys\": [{\"kty\": \"oct\", \"k\": \"AAAA\"}]}"),
            rejected,
        ),
        ("10 MB", Answer::text(&huge), "jwks_fetch_failed"),
        (
            "too late",
            Answer {
                pause: Duration::from_secs(2),
                ..good.clone()
            },
            "jwks_fetch_failed",
        ),
    ] {
        let before = guarded.counter(counter);
        provider.answer_with(answer);
        let came = eventually(Duration::from_secs(10), || guarded.counter(counter) > before);
        assert!(came, "{name}: {counter} stays: {:?}", guarded.counters());
        assert_eq!(
            guarded.get(&token).status,
            200,
            "{name}: {:?}",
            guarded.counters()
        );
        let before = guarded.counter("jwks_unchanged");
        provider.answer_with(good.clone());
        let returned = eventually(Duration::from_secs(10), || {
            guarded.counter("jwks_unchanged") > before
        });
        assert!(returned, "after {name}: {:?}", guarded.counters());
    }
    assert_eq!(guarded.counter("jwks_changed"), 1, "{:?}", guarded.counters());
    assert_eq!(guarded.counter("keys_unavailable"), 0, "{:?}", guarded.counters());
}
