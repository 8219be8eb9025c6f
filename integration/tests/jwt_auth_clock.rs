//! jwt-auth in a real Envoy whose clock jumps: the one that tokens are judged by. Its timers run on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::{http::Request, idp::IdentityProvider};
use integration::{Answer, Clock, Door, Guarded, Proxy, Upstream, eventually, signer};
use serde_json::json;
use std::time::Duration;

const USER: &str = "sub=alice&aud=edge";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What becomes of a request with the token.
fn slug(guarded: &Guarded, token: &str) -> String {
    let response = guarded.get(token);
    match response.status {
        200 => "accepted".to_owned(),
        _ => {
            let kind = response.json()["type"].as_str().unwrap_or_default().to_owned();
            kind.rsplit(':').next().unwrap_or_default().to_owned()
        }
    }
}

#[test]
fn tokens_go_by_the_new_time_and_keys_are_fetched_at_once() {
    let Some(clock) = Clock::new() else { return };
    let idp = IdentityProvider::start().unwrap();
    let provider = Upstream::start();
    let keys = Request::get("/jwks.json").send(idp.address()).unwrap();
    provider.answer_with(Answer::text(&keys.text()));
    let mut door = Door::open_to(provider.address());
    let guarded = Guarded::start_by(
        clock.in_proxy(Proxy::default()),
        door.address(),
        &json!({"refresh": "10m", "stale": "1d", "unknown_key_interval": "1s"}),
    );
    let short = idp.token(&format!("{USER}&ttl=600")).unwrap();
    // One that is good at any time: it says neither when it was issued nor, for a lifetime, when it ends.
    let lasting = "claims=%7B%22iat%22%3Anull%2C%22exp%22%3A4102444800%7D";
    let lasting = idp.token(&format!("{USER}&{lasting}")).unwrap();
    guarded.assert_recovers(&short, "at start");
    guarded.assert_recovers(&lasting, "at start");
    assert_eq!(guarded.counter("jwks_changed"), 1);

    for (name, offset, expected) in [
        ("an hour ahead", HOUR, "token_expired"),
        ("three days ahead, beyond `stale`", 3 * DAY, "token_expired"),
        ("back again", 0, "accepted"),
        ("a day back", -DAY, "token_not_yet_valid"),
        ("forward again", 0, "accepted"),
    ] {
        let before = guarded.counter("jwks_unchanged");
        clock.set(offset);
        guarded.assert_recovers(&lasting, name);
        assert_eq!(slug(&guarded, &short), expected, "{name}");
        // Ahead, the keys have ended; back, they are from the future: either way they are fetched anew.
        if offset != 0 {
            let fetched = eventually(Duration::from_secs(10), || {
                guarded.counter("jwks_unchanged") > before
            });
            assert!(fetched, "{name}: {:?}", guarded.counters());
        }
        assert_eq!(slug(&guarded, &lasting), "accepted", "{name}");
    }
    assert_eq!(guarded.counter("jwks_changed"), 1);
    assert!(guarded.counter("token_expired") >= 2, "{:?}", guarded.counters());
    assert!(
        guarded.counter("token_not_yet_valid") >= 1,
        "{:?}",
        guarded.counters()
    );

    // After a jump back, unknown keys are asked for again as soon as ever.
    clock.set(-DAY);
    let claims = json!({"iss": IdentityProvider::ISSUER, "aud": "edge", "exp": 4_102_444_800_u64});
    let unknown = signer::naming_unknown_keys(1, &claims);
    let before = guarded.counter("jwks_refetch");
    let asked = eventually(Duration::from_secs(10), || {
        assert_eq!(slug(&guarded, &unknown[0]), "key_unknown");
        guarded.counter("jwks_refetch") > before
    });
    assert!(asked, "{:?}", guarded.counters());

    // A jump while the provider is down takes the keys away beyond `stale`, and gives them back.
    clock.set(0);
    guarded.assert_recovers(&lasting, "before the provider goes down");
    door.close();
    clock.set(3 * DAY);
    let ended = eventually(Duration::from_secs(20), || {
        slug(&guarded, &lasting) == "keys_unavailable"
    });
    assert!(ended, "{:?}", guarded.counters());
    guarded.assert_unavailable(&lasting, "three days ahead, the provider down");
    assert!(
        guarded.counter("jwks_fetch_failed") > 0,
        "{:?}",
        guarded.counters()
    );
    clock.set(0);
    guarded.assert_recovers(&lasting, "back, the provider still down");
    door.open();
    let before = guarded.counter("jwks_unchanged");
    clock.set(HOUR);
    let fetched = eventually(Duration::from_secs(90), || {
        guarded.counter("jwks_unchanged") > before
    });
    assert!(fetched, "{:?}", guarded.counters());
}
