//! Many requests at once, good and bad: nothing is done twice, and what one client sends isn't at another one's cost.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod common;

use http_filter::{
    Call, CallResponse, Decision, FilterConfig, Headers, Plugin, Stream, WaitEnd, bounds::MOST_PATIENCE,
};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use serde_json::{Value, json};
use std::{rc::Rc, time::Duration};

const END: u64 = 4_102_444_800;

struct World {
    plugin: Rc<Plugin<JwtAuth>>,
    host: FakeHost,
    /// What the identity provider and the list's server answer; nothing while they hang.
    keys: Option<Value>,
    list: Option<Value>,
}

impl World {
    fn new(document: &Value) -> Self {
        let world = Self {
            plugin: Rc::new(Plugin::new(Some(document.to_string().as_bytes())).unwrap()),
            host: FakeHost::default(),
            keys: None,
            list: None,
        };
        world.client("192.0.2.1");
        world
    }

    fn client(&self, address: &str) {
        self.host
            .set_property("source.address", format!("{address}:4711"));
    }

    /// Makes the calls that are due and answers those of servers that don't hang; how many there were.
    fn tick(&self) -> usize {
        let calls = self.plugin.config().on_tick(&self.host).calls;
        for (token, call) in &calls {
            let Call::Http(call) = call else {
                panic!("{call:?}")
            };
            let answer = if call.cluster == "idp" {
                &self.keys
            } else {
                &self.list
            };
            let Some(answer) = answer else { continue };
            let response = CallResponse::Http {
                headers: [(":status", "200")].into_iter().collect(),
                body: answer.to_string().into(),
            };
            self.plugin
                .config()
                .on_call_response(*token, response, &self.host);
        }
        calls.len()
    }

    fn ask(&self, token: &str) -> (Stream<JwtAuth>, Headers, Decision) {
        let authorization = format!("Bearer {token}");
        let request: Headers = [
            (":method", "GET"),
            (":path", "/"),
            ("authorization", &authorization),
        ]
        .into_iter()
        .collect();
        let mut stream = self.plugin.stream();
        let decision = stream.on_request_headers(&request, &self.host);
        (stream, request, decision)
    }

    /// What becomes of a request that waits as long as it's let: `allowed`, or the refusal's slug.
    fn outcome(&self, token: &str) -> String {
        const WAKE: Duration = Duration::from_millis(20);
        let (mut stream, request, mut decision) = self.ask(token);
        let mut waited = Duration::ZERO;
        loop {
            decision = match decision {
                Decision::Continue(_) => return "allowed".to_owned(),
                Decision::Reply(reply) => return reply.details.into_owned(),
                Decision::Wait => {
                    self.host.advance(WAKE);
                    self.tick();
                    waited += WAKE;
                    if waited < stream.awaited().patience.unwrap_or(MOST_PATIENCE) {
                        stream.on_wake(&request, &self.host)
                    } else {
                        stream.on_wait_end(&request, WaitEnd::TooLong, &self.host)
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn verifications(&self) -> u64 {
        self.host.counter("verified_in_wasm") + self.host.counter("verified_by_host")
    }
}

fn token(key: u8, kid: &str, subject: &str) -> String {
    let claims = json!({"exp": END, "sub": subject});
    common::token(&common::es256(key), json!({"kid": kid}), &claims)
}

/// A set of these keys, by their numbers and ids.
fn set(keys: &[(u8, &str)]) -> Value {
    let keys: Vec<_> = keys
        .iter()
        .map(|(number, kid)| common::jwk(&common::es256(*number), Some(kid)))
        .collect();
    json!({"keys": keys})
}

fn remote() -> Value {
    json!({"uri": "https://idp.example.com/jwks.json", "cluster": "idp"})
}

#[test]
fn a_token_is_verified_once_however_long_its_request_waits() {
    let list = json!({"uri": "https://files/deny.json", "cluster": "files"});
    let local = json!({"keys": [common::jwk(&common::es256(1), Some("one"))]});
    let both = json!([{"require": {"all": ["corp", "other"]}}]);
    for (name, providers, rules, deny, cache, tokens, expected) in [
        (
            "a deny list",
            json!({"corp": {"jwks": local}}),
            json!([]),
            json!({"list": list}),
            1000,
            1,
            1,
        ),
        (
            "other tokens",
            json!({"corp": {"jwks": local}}),
            json!([]),
            json!({"list": list}),
            1000,
            50,
            50,
        ),
        (
            "no cache",
            json!({"corp": {"jwks": local}}),
            json!([]),
            json!({"list": list}),
            0,
            1,
            50,
        ),
        (
            "keys of a second provider",
            json!({"corp": {"jwks": local}, "other": {"jwks": remote()}}),
            both.clone(),
            json!({}),
            0,
            1,
            100,
        ),
    ] {
        let mut world = World::new(&json!({
            "providers": providers, "rules": rules, "deny": deny, "cache_entries": cache,
        }));
        let mut streams: Vec<_> = (0..50)
            .map(|number| world.ask(&token(1, "one", &(number % tokens).to_string())))
            .collect();
        assert!(
            streams.iter().all(|(.., decision)| *decision == Decision::Wait),
            "{name}"
        );
        for _ in 0..84 {
            world.host.advance(Duration::from_millis(20));
            world.tick();
            for (stream, request, _) in &mut streams {
                assert_eq!(stream.on_wake(request, &world.host), Decision::Wait, "{name}");
            }
        }
        world.list = Some(json!({"jti": ["x"]}));
        world.keys = Some(set(&[(1, "one")]));
        while world.tick() == 0 {
            world.host.advance(Duration::from_millis(20));
        }
        for (stream, request, _) in &mut streams {
            let decision = stream.on_wake(request, &world.host);
            assert!(matches!(decision, Decision::Continue(_)), "{name}: {decision:?}");
        }
        assert_eq!(world.verifications(), expected, "{name}");
    }
}

#[test]
fn a_token_that_failed_is_not_verified_again_while_another_one_is_waited_for() {
    let local = json!({"keys": [common::jwk(&common::es256(2), Some("one"))]});
    let world = World::new(&json!({
        "providers": {"corp": {"jwks": local}, "other": {"jwks": remote()}},
        "rules": [{"require": {"any": ["corp", "other"]}}],
    }));
    assert_eq!(world.outcome(&token(1, "one", "a")), "keys_unavailable");
    assert_eq!(world.verifications(), 1);
}

#[test]
fn bad_signatures_are_bounded_by_client_and_at_nobody_elses_cost() {
    let local = json!({"keys": [common::jwk(&common::es256(1), Some("one"))]});
    let world = World::new(&json!({"providers": {"corp": {"jwks": local}}}));
    let (good, bad) = (token(1, "one", "a"), token(2, "one", "a"));
    assert_eq!(world.outcome(&good), "allowed");
    for number in 0..300 {
        let expected = if number < 100 {
            "signature_invalid"
        } else {
            "too_many_failures"
        };
        assert_eq!(world.outcome(&bad), expected, "{number}");
    }
    assert_eq!(world.verifications(), 101, "the rest cost none");
    let Decision::Reply(reply) = world.ask(&bad).2 else {
        panic!()
    };
    assert_eq!(reply.status, 429);
    let field = |name: &str| reply.headers.iter().find(|(other, _)| other == name);
    assert_eq!(&*field("retry-after").unwrap().1, "1");
    assert!(field("www-authenticate").is_none(), "no other token would help");
    assert_eq!(
        world.outcome(&good),
        "allowed",
        "seen before: the neighbour behind the same address"
    );
    world.client("192.0.2.2");
    assert_eq!(world.outcome(&bad), "signature_invalid", "another client");
    assert_eq!(
        world.outcome(&token(1, "one", "b")),
        "allowed",
        "another client's new token"
    );
    world.client("192.0.2.1");
    world.host.advance(Duration::from_secs(1));
    let passed = (0..20)
        .filter(|_| world.outcome(&bad) == "signature_invalid")
        .count();
    assert_eq!(passed, 10, "ten a second");
}

#[test]
fn a_client_with_unknown_keys_does_not_hold_up_others_after_a_rotation() {
    for (name, kid) in [("names of its own", None), ("the next key's name", Some("two"))] {
        let mut world = World::new(&json!({"providers": {"corp": {"jwks": remote()}}}));
        world.keys = Some(set(&[(1, "one")]));
        world.tick();
        world.host.advance(Duration::from_secs(30));
        let mut fetches = 0;
        for number in 0..600 {
            let unknown = token(3, kid.unwrap_or(&format!("x{number}")), "eve");
            let (mut stream, request, decision) = world.ask(&unknown);
            fetches += world.tick();
            if decision == Decision::Wait {
                let decision = stream.on_wake(&request, &world.host);
                assert!(matches!(decision, Decision::Reply(_)), "{name}: {decision:?}");
            }
        }
        assert_eq!(fetches, 1, "{name}: one client has the set fetched once");
        world.host.advance(Duration::from_millis(500));
        world.keys = Some(set(&[(1, "one"), (2, "two")]));
        world.client("198.51.100.7");
        assert_eq!(world.outcome(&token(2, "two", "alice")), "allowed", "{name}");
        assert_eq!(world.host.counter("jwks_refetch"), 2, "{name}");
    }
}

#[test]
fn all_requests_of_a_client_wait_for_the_fetch_that_it_has_made() {
    let mut world = World::new(&json!({"providers": {"corp": {"jwks": remote()}}}));
    world.keys = Some(set(&[(1, "one")]));
    world.tick();
    world.host.advance(Duration::from_secs(30));
    // The provider has new keys, and takes its time.
    world.keys = None;
    let waiting: Vec<_> = (0..200)
        .map(|number| {
            world.host.advance(Duration::from_millis(1));
            world.tick();
            world.ask(&token(2, "two", &format!("user {number}")))
        })
        .collect();
    world.keys = Some(set(&[(1, "one"), (2, "two")]));
    world.host.advance(Duration::from_secs(2));
    world.tick();
    for (mut stream, request, decision) in waiting {
        assert_eq!(decision, Decision::Wait);
        let decision = stream.on_wake(&request, &world.host);
        assert!(matches!(decision, Decision::Continue(_)), "{decision:?}");
    }
}

#[test]
fn all_clients_together_have_the_set_fetched_five_times_in_an_interval() {
    let mut world = World::new(&json!({"providers": {"corp": {"jwks": remote()}}}));
    world.keys = Some(set(&[(1, "one")]));
    world.tick();
    let mut fetches = 0;
    for number in 0..400u32 {
        world.client(&format!("198.51.{}.{}", number / 200, number % 200));
        let (mut stream, request, decision) = world.ask(&token(3, &format!("x{number}"), "eve"));
        world.host.advance(Duration::from_millis(100));
        fetches += world.tick();
        if decision == Decision::Wait {
            let _ = stream.on_wake(&request, &world.host);
        }
    }
    assert!(fetches <= 4 * 5 + 1, "{fetches} in 40 s");
}
