//! What becomes of a fetch, told to clients and counters: when to come back, which keys are left out.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod common;

use http_filter::{CallResponse, Decision, FilterConfig, Headers, LocalReply, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use serde_json::{Value, json};
use std::{rc::Rc, time::Duration};

struct World {
    plugin: Rc<Plugin<JwtAuth>>,
    host: FakeHost,
}

impl World {
    fn new(document: &Value) -> Self {
        Self {
            plugin: Rc::new(Plugin::new(Some(document.to_string().as_bytes())).unwrap()),
            host: FakeHost::default(),
        }
    }

    /// Makes the calls that are due and answers them so; how many there were.
    fn tick(&self, status: &str, body: &str) -> usize {
        let calls = self.plugin.config().on_tick(&self.host).calls;
        for (token, _) in &calls {
            let response = CallResponse::Http {
                headers: [(":status", status)].into_iter().collect(),
                body: body.into(),
            };
            self.plugin
                .config()
                .on_call_response(*token, response, &self.host);
        }
        calls.len()
    }

    fn request(&self) -> Decision {
        let token = common::token(&common::es256(1), json!({}), &json!({"exp": 4_102_444_800_u64}));
        let authorization = format!("Bearer {token}");
        let fields = [
            (":method", "GET"),
            (":path", "/"),
            ("authorization", &authorization),
        ];
        let request: Headers = fields.into_iter().collect();
        self.plugin.stream().on_request_headers(&request, &self.host)
    }
}

fn retry_after(reply: &LocalReply) -> u64 {
    let value = reply.headers.iter().find(|(name, _)| name == "retry-after");
    value.unwrap().1.parse().unwrap()
}

#[test]
fn clients_are_told_to_come_back_when_the_next_fetch_is_due() {
    let world =
        World::new(&json!({"providers": {"corp": {"jwks": {"uri": "https://a/b", "cluster": "idp"}}}}));
    let mut told = Vec::new();
    for failure in 1..=10 {
        assert_eq!(world.tick("500", ""), 1, "{failure}");
        if let Decision::Reply(reply) = world.request() {
            assert_eq!((reply.status, &*reply.details), (503, "keys_unavailable"));
            told.push(retry_after(&reply));
        }
        assert_eq!(world.tick("500", ""), 0, "{failure}: not before it's due");
        // Not a second too early, and less than one too late.
        let seconds = told.last().copied().unwrap_or(2);
        world.host.advance(Duration::from_secs(seconds));
    }
    // While there are no keys, attempts follow each other after two seconds, and up to a quarter more.
    assert_eq!(told.len(), 7, "the first three wait: {told:?}");
    assert!(told.iter().all(|seconds| (2..=3).contains(seconds)), "{told:?}");
    let key = common::jwk(&common::es256(1), None);
    assert_eq!(world.tick("200", &json!({"keys": [key]}).to_string()), 1);
    assert!(matches!(world.request(), Decision::Continue(_)));
}

#[test]
fn of_several_fetches_the_next_one_counts() {
    let jwks = |uri: &str| json!({"jwks": {"uri": uri, "cluster": "idp"}});
    let world = World::new(&json!({
        "providers": {"a": jwks("https://a/b"), "b": jwks("https://b/b")},
        "rules": [{"require": {"any": ["a", "b"]}}],
    }));
    for _ in 0..8 {
        world.tick("500", "");
        world.host.advance(Duration::from_secs(75));
    }
    // Both are due: a fetch is about to be made.
    let Decision::Reply(reply) = world.request() else {
        panic!()
    };
    assert_eq!(retry_after(&reply), 1);
}

#[test]
fn keys_of_no_use_are_left_out_and_counted() {
    let world =
        World::new(&json!({"providers": {"corp": {"jwks": {"uri": "https://a/b", "cluster": "idp"}}}}));
    let key = common::jwk(&common::es256(1), None);
    let keys = json!({"keys": [{"kty": "oct", "k": "AA"}, 7, key, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]});
    world.tick("200", &keys.to_string());
    assert_eq!(world.host.counter("jwks_keys_skipped"), 3);
    assert!(matches!(world.request(), Decision::Continue(_)));
    world.host.advance(Duration::from_secs(600));
    world.tick("200", &keys.to_string());
    assert_eq!(world.host.counter("jwks_unchanged"), 1);
    assert_eq!(world.host.counter("jwks_keys_skipped"), 3, "once per set");
    let many = vec![common::jwk(&common::es256(1), None); 130];
    world.host.advance(Duration::from_secs(600));
    world.tick("200", &json!({"keys": many}).to_string());
    assert_eq!(world.host.counter("jwks_keys_skipped"), 33, "beyond 100 keys");
}
