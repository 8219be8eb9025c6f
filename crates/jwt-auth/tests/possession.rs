//! Proof of possession (RFC 9449), with proofs made here: every item of §4.3, and replay.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "common/bound.rs"]
mod bound;
mod common;

use bound::{NOW, World};
use http_filter::{Decision, Headers, Host};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn proofs_are_checked_item_by_item() {
    let invalid = Some("dpop_proof_invalid".to_owned());
    let set = |name: &'static str, value: Value| move |claims: &mut Value| claims[name] = value.clone();
    let remove = |name: &'static str| {
        move |claims: &mut Value| {
            claims.as_object_mut().unwrap().remove(name);
        }
    };
    type Edit = Box<dyn Fn(&mut Value)>;
    let none: fn() -> Edit = || Box::new(|_| {});
    let table: Vec<(&str, Edit, Edit, bool)> = vec![
        ("as it should be", none(), none(), true),
        (
            "default port",
            none(),
            Box::new(set("htu", json!("https://API.example.com:443/orders"))),
            true,
        ),
        (
            "with a query",
            none(),
            Box::new(set("htu", json!("https://api.example.com/orders?x#y"))),
            true,
        ),
        (
            "a little old",
            none(),
            Box::new(set("iat", json!(NOW - 90))),
            true,
        ),
        (
            "a little ahead",
            none(),
            Box::new(set("iat", json!(NOW + 30))),
            true,
        ),
        (
            "another path",
            none(),
            Box::new(set("htu", json!("https://api.example.com/order"))),
            false,
        ),
        (
            "another host",
            none(),
            Box::new(set("htu", json!("https://api.example.org/orders"))),
            false,
        ),
        (
            "another scheme",
            none(),
            Box::new(set("htu", json!("http://api.example.com/orders"))),
            false,
        ),
        ("no address", none(), Box::new(set("htu", json!("orders"))), false),
        (
            "another method",
            none(),
            Box::new(set("htm", json!("GET"))),
            false,
        ),
        (
            "the method in lower case",
            none(),
            Box::new(set("htm", json!("post"))),
            false,
        ),
        ("another token", none(), Box::new(set("ath", json!("x"))), false),
        ("no token", none(), Box::new(remove("ath")), false),
        ("too old", none(), Box::new(set("iat", json!(NOW - 91))), false),
        (
            "too far ahead",
            none(),
            Box::new(set("iat", json!(NOW + 31))),
            false,
        ),
        ("no time", none(), Box::new(remove("iat")), false),
        ("no id", none(), Box::new(remove("jti")), false),
        ("an empty id", none(), Box::new(set("jti", json!(""))), false),
        ("another type", Box::new(set("typ", json!("JWT"))), none(), false),
        ("no type", Box::new(remove("typ")), none(), false),
        ("no key", Box::new(remove("jwk")), none(), false),
        (
            "another key",
            Box::new(|header| header["jwk"] = common::jwk(&common::es256(8), None)),
            none(),
            false,
        ),
        (
            "a private key",
            Box::new(|header| header["jwk"]["d"] = "AA".into()),
            none(),
            false,
        ),
        (
            "an algorithm of secrets",
            Box::new(set("alg", json!("HS256"))),
            none(),
            false,
        ),
        (
            "another curve's algorithm",
            Box::new(set("alg", json!("ES384"))),
            none(),
            false,
        ),
        ("critical", Box::new(set("crit", json!([]))), none(), false),
    ];
    for (name, edit_header, edit_claims, accepted) in table {
        let world = World::new(json!({}));
        let (mut header, mut claims) = (world.header(), world.claims());
        edit_header(&mut header);
        edit_claims(&mut claims);
        let proof = common::token(&world.client, header, &claims);
        let expected = if accepted { None } else { invalid.clone() };
        assert_eq!(world.send("DPoP", &[&proof]), expected, "{name}");
    }
}

#[test]
fn the_scheme_and_the_field_are_part_of_it() {
    let world = World::new(json!({}));
    let invalid = Some("dpop_proof_invalid".to_owned());
    let proof = common::token(&world.client, world.header(), &world.claims());
    assert_eq!(world.send("Bearer", &[&proof]), invalid, "downgraded");
    assert_eq!(world.send("DPoP", &[]), invalid, "no proof");
    assert_eq!(world.send("DPoP", &[&proof, &proof]), invalid, "two proofs");
    assert_eq!(world.send("DPoP", &["x"]), invalid, "no proof at all");
    let other = common::token(&common::es256(8), world.header(), &world.claims());
    assert_eq!(world.send("DPoP", &[&other]), invalid, "signed by another");
    assert_eq!(
        world.send("dpop", &[&proof]),
        None,
        "the scheme's case does not matter"
    );
}

#[test]
fn a_proof_is_used_once() {
    let world = World::new(json!({}));
    let proof = common::token(&world.client, world.header(), &world.claims());
    assert_eq!(world.send("DPoP", &[&proof]), None);
    assert_eq!(
        world.send("DPoP", &[&proof]),
        Some("dpop_proof_replayed".to_owned())
    );
    assert_eq!(world.host.counter("dpop_replays"), 1);
    world.host.conflict(100);
    let mut claims = world.claims();
    claims["jti"] = "2".into();
    let second = common::token(&world.client, world.header(), &claims);
    assert_eq!(
        world.send("DPoP", &[&second]),
        Some("dpop_proof_replayed".to_owned()),
        "can't be remembered"
    );
}

#[test]
fn the_memory_of_proofs_is_bounded() {
    let world = World::new(json!({}));
    for number in 0..600 {
        let mut claims = world.claims();
        claims["jti"] = number.to_string().into();
        let proof = common::token(&world.client, world.header(), &claims);
        assert_eq!(world.send("DPoP", &[&proof]), None, "{number}");
    }
    assert!(world.host.shared_keys().len() <= 256);
    let longest = world
        .host
        .shared_keys()
        .iter()
        .map(|key| world.host.shared_data(key).value.unwrap_or_default().len())
        .max();
    assert!(longest.unwrap() <= 64 * 24, "{longest:?}");
    // What has ended makes room.
    world.host.advance(Duration::from_secs(80));
    let mut claims = world.claims();
    claims["iat"] = json!(NOW + 80);
    claims["jti"] = "late".into();
    let proof = common::token(&world.client, world.header(), &claims);
    assert_eq!(world.send("DPoP", &[&proof]), None);
}

#[test]
fn origins_stand_in_for_the_requests_own() {
    let world = World::new(json!({"origins": ["https://public.example.com"]}));
    let mut claims = world.claims();
    let own = common::token(&world.client, world.header(), &claims);
    assert_eq!(world.send("DPoP", &[&own]), Some("dpop_proof_invalid".to_owned()));
    claims["htu"] = "https://public.example.com/orders".into();
    let public = common::token(&world.client, world.header(), &claims);
    assert_eq!(world.send("DPoP", &[&public]), None);
}

#[test]
fn a_challenge_asks_for_proofs_where_they_are_required() {
    let world = World::new(json!({"required": true}));
    let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
    let Decision::Reply(reply) = world.plugin.stream().on_request_headers(&request, &world.host) else {
        panic!("accepted")
    };
    let challenges: Vec<&str> = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "www-authenticate")
        .map(|(_, value)| value.as_str())
        .collect();
    assert!(
        challenges[0].starts_with("DPoP realm=\"edge\", algs=\"ES256 "),
        "{challenges:?}"
    );
}

#[test]
fn failed_proofs_count_for_the_client_and_the_key_and_nobody_else() {
    let world = World::new(json!({"required": true}));
    let from = |address: &str| world.host.set_property("source.address", format!("{address}:1"));
    let good = |id: &str| {
        let mut claims = world.claims();
        claims["jti"] = id.into();
        common::token(&world.client, world.header(), &claims)
    };
    from("192.0.2.1");
    for number in 0..300 {
        let refused = world.send("DPoP", &["no.proof.at-all"]);
        let expected = if number < 100 {
            "dpop_proof_invalid"
        } else {
            "too_many_failures"
        };
        assert_eq!(refused.as_deref(), Some(expected), "{number}");
    }
    assert_eq!(
        world.send("DPoP", &[&good("a")]).as_deref(),
        Some("too_many_failures")
    );
    from("192.0.2.2");
    assert_eq!(world.send("DPoP", &[&good("b")]), None, "the holder, elsewhere");
    from("192.0.2.1");
    world.host.advance(std::time::Duration::from_secs(1));
    assert_eq!(world.send("DPoP", &[&good("c")]), None, "ten a second");
}
