//! Crowds: what many clients do at once disturbs nobody else, in the shipped chain in a real Envoy.
#![allow(clippy::unwrap_used, reason = "tests")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge_demo::idp::IdentityProvider;
use integration::{
    Answer, Chain,
    crowd::{self, Outcome},
    eventually,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Requests that need no token and are at their upstream while the crowd comes.
const INNOCENT: usize = 90;
const PATIENCE: Duration = Duration::from_secs(20);

fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: edge\r\nauthorization: Bearer {token}\r\n\r\n")
}

fn innocent() -> String {
    "GET /health HTTP/1.1\r\nhost: edge\r\n\r\n".to_owned()
}

/// A token of the right issuer that names a key nobody has. Its signature is junk.
fn unknown_key(number: usize) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let header = part(format!(
        r#"{{"alg":"RS256","typ":"JWT","kid":"nobody-{number}"}}"#
    ));
    let issuer = IdentityProvider::ISSUER;
    let claims = part(format!(
        r#"{{"iss":"{issuer}","aud":"edge","sub":"s","exp":4000000000}}"#
    ));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
}

/// Sends the crowd while others are under way; what became of the crowd.
fn storm(chain: &Chain, crowd: impl Iterator<Item = String>) -> Vec<Outcome> {
    chain.upstream.answer_with(Answer {
        delay: Duration::from_millis(800),
        ..Answer::text("slow")
    });
    let requests = (0..INNOCENT).map(|_| innocent()).chain(crowd).collect();
    let outcomes = crowd::send(chain.envoy.address(), requests, PATIENCE);
    let (innocent, crowd) = outcomes.split_at(INNOCENT);
    let log = chain.envoy.log();
    assert!(!log.contains("Uncaught") && !log.contains("panicked"), "{log}");
    assert_eq!(chain.counters("wasm\\..*vm_reload"), 0);
    // All come from one address, so the crowd may use up the quota that they share.
    let statuses = statuses_of(innocent);
    assert!(
        statuses.is_subset(&BTreeSet::from([200, 429])),
        "requests of others: {:?}",
        crowd::statuses(innocent)
    );
    crowd.to_vec()
}

fn statuses_of(outcomes: &[Outcome]) -> BTreeSet<u16> {
    crowd::statuses(outcomes).into_keys().collect()
}

#[test]
fn tokens_of_unknown_keys() {
    let chain = Chain::start(2);
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    let has_keys = || {
        let outcome = crowd::send(chain.envoy.address(), vec![get("/geo", &token)], PATIENCE);
        statuses_of(&outcome) == BTreeSet::from([200])
    };
    assert!(eventually(Duration::from_secs(10), has_keys));
    // Unknown keys are asked after once in ten seconds.
    std::thread::sleep(Duration::from_secs(11));
    chain.idp.behave("ok", Duration::from_millis(200)).unwrap();
    let crowd = storm(&chain, (0..1500).map(|number| get("/geo", &unknown_key(number))));
    assert!(
        chain.counters("wasmcustom.jwt_auth.waited") > 500,
        "a crowd waited"
    );
    // Junk is refused: for a key that nobody has, since the client has failed too often, or since too many wait.
    let statuses = statuses_of(&crowd);
    assert!(
        statuses.is_subset(&BTreeSet::from([401, 429, 503])),
        "{statuses:?}"
    );
    assert!(statuses.contains(&401), "{statuses:?}");
}

#[test]
fn valid_tokens_whose_keys_do_not_come() {
    let chain = Chain::start_with(2, |idp| idp.behave("500", Duration::ZERO).unwrap());
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    let crowd = storm(&chain, (0..1500).map(|_| get("/geo", &token)));
    assert_eq!(crowd::statuses(&crowd), BTreeMap::from([(503, crowd.len())]));
}

#[test]
fn valid_tokens_whose_keys_come_late() {
    let chain = Chain::start_with(2, |idp| idp.behave("ok", Duration::from_millis(700)).unwrap());
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    // rate-limit, behind jwt-auth, answers for itself beyond its burst: a local reply in a request that goes on.
    let crowd = storm(&chain, (0..1500).map(|_| get("/geo", &token)));
    let statuses = statuses_of(&crowd);
    assert_eq!(
        statuses,
        BTreeSet::from([200, 429]),
        "{:?}",
        crowd::statuses(&crowd)
    );
}
