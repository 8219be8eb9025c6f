//! Nonces for proofs of possession (RFC 9449 §9), as a client meets them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "common/bound.rs"]
mod bound;
mod common;

use bound::World;
use http_filter::{LocalReply, Plugin};
use jwt_auth::JwtAuth;
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn header<'a>(reply: &'a LocalReply, name: &str) -> Option<&'a str> {
    let line = reply.headers.iter().find(|(known, _)| known == name);
    line.map(|(_, value)| value.as_str())
}

/// A proof of now, with this nonce.
fn proof(world: &World, id: &str, nonce: Option<&str>) -> String {
    let mut claims = world.claims();
    claims["jti"] = id.into();
    claims["iat"] = json!(world.host_seconds());
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    common::token(&world.client, world.header(), &claims)
}

#[test]
fn a_client_is_given_a_nonce_and_comes_back_with_it() {
    let world = World::new(json!({"nonce_secret": SECRET}));
    let reply = world.ask("DPoP", &[&proof(&world, "1", None)]).unwrap();
    assert_eq!((reply.status, &*reply.details), (401, "dpop_nonce_needed"));
    assert_eq!(header(&reply, "cache-control"), Some("no-store"));
    let challenge = header(&reply, "www-authenticate").unwrap();
    assert!(
        challenge.starts_with("DPoP realm=\"edge\", error=\"use_dpop_nonce\""),
        "{challenge}"
    );
    let nonce = header(&reply, "dpop-nonce").unwrap().to_owned();
    // The proof was not used up: only what is accepted is remembered.
    for (name, after, id, expected) in [
        ("at once", 0, "1", None),
        ("a new proof with the same nonce", 0, "2", None),
        ("used before", 0, "2", Some("dpop_proof_replayed")),
        ("later", 300, "3", None),
        ("too late", 600, "4", Some("dpop_nonce_needed")),
    ] {
        world.host.advance(Duration::from_secs(after));
        let sent = world.send("DPoP", &[&proof(&world, id, Some(&nonce))]);
        assert_eq!(sent.as_deref(), expected, "{name}");
    }
}

#[test]
fn nonces_do_not_stand_in_for_anything_else() {
    let world = World::new(json!({"nonce_secret": SECRET}));
    let reply = world.ask("DPoP", &[&proof(&world, "1", None)]).unwrap();
    let nonce = header(&reply, "dpop-nonce").unwrap();
    let mut claims = world.claims();
    claims["nonce"] = nonce.into();
    claims["htm"] = "GET".into();
    let wrong = common::token(&world.client, world.header(), &claims);
    assert_eq!(
        world.send("DPoP", &[&wrong]).as_deref(),
        Some("dpop_proof_invalid")
    );
    let foreign = proof(&world, "2", Some("eyJub3QiOiJvdXJzIn0"));
    assert_eq!(
        world.send("DPoP", &[&foreign]).as_deref(),
        Some("dpop_nonce_needed")
    );
}

#[test]
fn without_a_secret_no_nonce_is_asked_for_or_handed_out() {
    let world = World::new(json!({}));
    assert_eq!(world.send("DPoP", &[&proof(&world, "1", None)]), None);
    let reply = world.ask("DPoP", &[]).unwrap();
    assert_eq!(header(&reply, "dpop-nonce"), None);
}

#[test]
fn secrets_that_are_no_use_are_refused() {
    let key = common::jwk(&common::es256(1), None);
    let provider = |dpop: Value| json!({"jwks": {"keys": [key]}, "dpop": dpop});
    for (name, providers, expected) in [
        (
            "too short",
            json!({"a": provider(json!({"nonce_secret": "short"}))}),
            "providers.a.dpop.nonce_secret: found a shorter secret",
        ),
        (
            "for no time",
            json!({"a": provider(json!({"nonce_secret": SECRET, "nonce_lifetime": "0s"}))}),
            "providers.a.dpop.nonce_lifetime: found 0ms",
        ),
        (
            "several",
            json!({
                "a": provider(json!({"nonce_secret": SECRET})),
                "b": provider(json!({"nonce_secret": SECRET.to_uppercase()})),
            }),
            "providers: found several dpop.nonce_secret",
        ),
    ] {
        let document = json!({"providers": providers}).to_string();
        let error = Plugin::<JwtAuth>::new(Some(document.as_bytes())).err().unwrap();
        assert!(error.to_string().starts_with(expected), "{name}: {error}");
    }
}
