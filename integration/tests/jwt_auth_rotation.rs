//! jwt-auth in a real Envoy while keys change under load, and while clients name keys that there never were.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests, on the real clock"
)]

use edge_demo::{http::Connection, idp::IdentityProvider};
use integration::{Guarded, eventually, signer};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{
        RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How often a client has keys fetched for an unknown key id, on each worker.
const INTERVAL: Duration = Duration::from_secs(1);
const USER: &str = "sub=alice&aud=edge";

fn start() -> (IdentityProvider, Guarded, String) {
    let idp = IdentityProvider::start().unwrap();
    let guarded = Guarded::start(idp.address(), &json!({"unknown_key_interval": "1s"}));
    let token = idp.token(USER).unwrap();
    let ready = eventually(Duration::from_secs(10), || guarded.get(&token).status == 200);
    assert!(ready, "{}", guarded.envoy.log());
    (idp, guarded, token)
}

#[test]
fn no_good_token_is_refused_while_keys_rotate_under_load() {
    const ROTATIONS: u64 = 4;
    let (idp, guarded, first) = start();
    let (token, done) = (RwLock::new(first), AtomicBool::new(false));
    let client = || {
        let mut connection = Connection::open(guarded.envoy.address()).unwrap();
        let (mut statuses, mut slowest) = (BTreeMap::<u16, u64>::new(), Duration::ZERO);
        while !done.load(Ordering::Relaxed) {
            let token = token.read().unwrap().clone();
            let response = connection.send(&Guarded::request(&token)).unwrap();
            *statuses.entry(response.status).or_default() += 1;
            slowest = slowest.max(response.elapsed);
        }
        (statuses, slowest)
    };
    let outcomes = thread::scope(|scope| {
        let clients: Vec<_> = (0..6).map(|_| scope.spawn(client)).collect();
        for round in 0..ROTATIONS {
            // A token of a new key may be refused for so long after a fetch that lacked it.
            thread::sleep(INTERVAL + Duration::from_millis(200));
            idp.rotate().unwrap();
            // By turns another algorithm.
            let algorithm = ["RS256", "ES256", "EdDSA"][usize::try_from(round % 3).unwrap()];
            *token.write().unwrap() = idp.token(&format!("{USER}&alg={algorithm}")).unwrap();
        }
        thread::sleep(INTERVAL);
        done.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect::<Vec<_>>()
    });
    for (statuses, slowest) in &outcomes {
        assert!(
            statuses.keys().eq([&200]),
            "{statuses:?}, {:?}\n{}",
            guarded.counters(),
            guarded.envoy.log()
        );
        let most = Guarded::WAIT + Duration::from_secs(2);
        assert!(*slowest < most, "a request took {slowest:?}");
    }
    // On a busy machine one may come too late, and be made again.
    let fetches = idp.jwks_fetches().unwrap() - guarded.counter("jwks_fetch_failed");
    assert_eq!(fetches, 1 + ROTATIONS, "one fetch at start, one per rotation");
    assert_eq!(guarded.counter("jwks_changed"), 1 + ROTATIONS);
}

#[test]
fn a_flood_of_unknown_keys_does_not_reach_the_provider() {
    let (idp, guarded, token) = start();
    let claims = json!({"iss": IdentityProvider::ISSUER, "aud": "edge", "exp": 4_102_444_800_u64});
    let unknown = signer::naming_unknown_keys(2_000, &claims);
    let before = idp.jwks_fetches().unwrap();
    let begun = Instant::now();
    let attacker = |tokens: &[String]| {
        let mut connection = Connection::open(guarded.envoy.address()).unwrap();
        for token in tokens.iter().cycle() {
            // From elsewhere: what a client fails at is counted against its address.
            let request = Guarded::request(token).header("x-forwarded-for", "198.51.100.7");
            let response = connection.send(&request).unwrap();
            // A client that failed too often is answered early.
            assert!(matches!(response.status, 401 | 429), "{}", response.text());
            assert!(
                response.elapsed < Guarded::WAIT + Duration::from_secs(2),
                "{:?}",
                response.elapsed
            );
            if begun.elapsed() > 4 * INTERVAL {
                return;
            }
        }
    };
    thread::scope(|scope| {
        // Three with a key id for every request, and one that insists.
        let (insisting, changing) = unknown.split_first().unwrap();
        scope.spawn(|| attacker(std::slice::from_ref(insisting)));
        for tokens in changing.chunks(700) {
            scope.spawn(|| attacker(tokens));
        }
        while begun.elapsed() < 4 * INTERVAL {
            assert_eq!(guarded.get(&token).status, 200, "good tokens pass meanwhile");
            thread::sleep(Duration::from_millis(20));
        }
    });
    let fetches = idp.jwks_fetches().unwrap() - before;
    let most = Guarded::WORKERS as u64 * (begun.elapsed().as_secs() / INTERVAL.as_secs() + 1);
    assert!(
        (1..=most).contains(&fetches),
        "{fetches} fetches in {:?}",
        begun.elapsed()
    );
    let counters = guarded.counters();
    assert!(counters["key_unknown"] > 100, "{counters:?}");
    assert!(counters["unknown_key_remembered"] > 0, "{counters:?}");
    assert!(counters["jwks_refetch"] > 0, "{counters:?}");
}
