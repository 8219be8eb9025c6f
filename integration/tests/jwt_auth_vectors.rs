//! The public vectors in a real Envoy: whole tokens through the shipped module, and every signature that the host can
//! judge with the very bytes that the library hands to it. The verdicts are those of pure Rust, without exception.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use base64::{Engine, engine::general_purpose::STANDARD};
use edge_demo::{
    envoy::Envoy,
    http::{Connection, Request},
};
use http_filter::{Decision, Hash, Headers, Plugin, Scheme};
use http_filter_test::{
    FakeHost,
    jose::{self, SignedToken},
    vectors,
};
use integration::{FilterHost, Proxy, Upstream};
use jwt_auth::{Algorithm, JwtAuth, Key};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, fmt::Display, rc::Rc};

/// A provider and a rule for each key; keys that a configuration is refused for are left out.
struct Keys {
    configuration: Value,
    /// The path that a key is for.
    paths: BTreeMap<String, String>,
}

impl Keys {
    fn of(tokens: &[SignedToken]) -> Self {
        let (mut providers, mut rules, mut paths) = (json!({}), Vec::new(), BTreeMap::new());
        for token in tokens {
            let name = format!("key-{}", paths.len());
            let provider = provider(&token.jwk);
            let alone = json!({"providers": {&name: provider}});
            if paths.contains_key(&token.jwk.to_string())
                || Plugin::<JwtAuth>::new(Some(alone.to_string().as_bytes())).is_err()
            {
                continue;
            }
            let path = format!("/{name}");
            providers[&name] = provider;
            rules.push(json!({"match": {"path": path}, "require": name}));
            paths.insert(token.jwk.to_string(), path);
        }
        let configuration = json!({"providers": providers, "rules": rules, "cache_entries": 0});
        Self { configuration, paths }
    }
}

fn provider(jwk: &Value) -> Value {
    let mut provider = json!({"jwks": {"keys": [jwk]}, "require_expiration": false});
    if jwk["kty"] == "oct" {
        provider["algorithms"] = json!(["HS256", "HS384", "HS512"]);
    }
    provider
}

/// What the filter says of a token in this process, by pure Rust.
fn native(plugin: &Rc<Plugin<JwtAuth>>, host: &FakeHost, path: &str, token: &str) -> String {
    let authorization = format!("Bearer {token}");
    let fields = [
        (":method", "GET"),
        (":authority", "localhost"),
        (":path", path),
        ("authorization", &authorization),
    ];
    match plugin
        .stream()
        .on_request_headers(&fields.into_iter().collect::<Headers>(), host)
    {
        Decision::Continue(_) => "accepted".to_owned(),
        Decision::Reply(reply) => reply.details.into_owned(),
        other => panic!("{other:?}"),
    }
}

/// What it says in Envoy.
fn in_envoy(envoy: &Envoy, connection: &mut Connection, client: &str, path: &str, token: &str) -> String {
    let request = Request::get(path)
        .header("authorization", format!("Bearer {token}"))
        .header("x-forwarded-for", client);
    let response = connection.send(&request).unwrap();
    // Envoy closes after a 400 of its own making, and filters' replies are that to it.
    if response.header("connection").as_deref() == Some("close") {
        *connection = Connection::open(envoy.address()).unwrap();
    }
    match response.status {
        200 => "accepted".to_owned(),
        _ => {
            let problem = response.json();
            let kind = problem["type"].as_str().unwrap_or_default();
            kind.rsplit(':').next().unwrap_or_default().to_owned()
        }
    }
}

fn counter(envoy: &Envoy, name: &str) -> u64 {
    let counters = envoy.admin().filter_counters().unwrap();
    counters
        .get(&format!("jwt_auth.{name}"))
        .copied()
        .unwrap_or_default()
}

#[test]
fn tokens_through_the_module() {
    let Some(folder) = vectors("jose") else { return };
    let tokens = jose::signed_tokens(&folder);
    let keys = Keys::of(&tokens);
    let plugin = Plugin::<JwtAuth>::new(Some(keys.configuration.to_string().as_bytes()));
    let (plugin, host) = (Rc::new(plugin.unwrap()), FakeHost::default());
    let envoy = Proxy::default()
        .filter("jwt-auth", &keys.configuration)
        .start(&Upstream::start());
    let mut connection = Connection::open(envoy.address()).unwrap();
    let (mut wrong, mut by_host, mut sent, mut good) = (Vec::new(), 0, 0, 0);
    for token in &tokens {
        // A key that the configuration is refused for verifies nothing.
        let Some(path) = keys.paths.get(&token.jwk.to_string()) else {
            assert!(!token.good, "{}", token.name);
            continue;
        };
        // Nor can a client send what no field line holds (RFC 9110 §5.5).
        if token.token.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            assert!(!token.good, "{}", token.name);
            continue;
        }
        // Each from a client of its own: one that fails too often is answered early.
        let client = format!("198.18.{}.{}", sent / 250, sent % 250);
        host.set_property("source.address", format!("{client}:4711"));
        let before = host.counter("verified_in_wasm");
        let expected = native(&plugin, &host, path, &token.token);
        if ["RS", "ES"]
            .iter()
            .any(|family| algorithm(&token.token).starts_with(family))
        {
            by_host += host.counter("verified_in_wasm") - before;
        }
        let found = in_envoy(&envoy, &mut connection, &client, path, &token.token);
        sent += 1;
        // What comes after the signature tells that it's good: most payloads are no claims, others have expired.
        let accepted = ["accepted", "claims_malformed", "token_expired"].contains(&&*found);
        good += u64::from(accepted);
        if found != expected || accepted != token.good {
            wrong.push(format!("{}: in Envoy {found}, natively {expected}", token.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sent > 380 && good > 50, "{sent} sent, {good} good");
    assert!(by_host > 200, "{by_host}");
    if FilterHost::chosen() == FilterHost::Native {
        // It verifies further algorithms, and not ES512.
        return;
    }
    // A signature too short for its curve is refused before anybody is asked, and counted as the host's.
    let by_length = host.counter("verified_by_host");
    assert_eq!(counter(&envoy, "verified_by_host"), by_host + by_length);
    let in_wasm = host.counter("verified_in_wasm") - by_host;
    assert_eq!(counter(&envoy, "verified_in_wasm"), in_wasm);
}

fn algorithm(token: &str) -> String {
    jwt_auth::Compact::parse(token.as_bytes())
        .map(|token| match token.header.algorithm {
            Algorithm::Registered(algorithm) => format!("{algorithm:?}"),
            Algorithm::Es512 => "ES512".to_owned(),
        })
        .unwrap_or_default()
}

#[test]
fn signatures_by_the_host() {
    let Some(folder) = vectors("jose") else { return };
    let envoy = Proxy::default()
        .probe(&Value::Null, json!({}))
        .start(&Upstream::start());
    let connection = Rc::new(RefCell::new(Connection::open(envoy.address()).unwrap()));
    let host = FakeHost::default();
    let own = Rc::clone(&connection);
    host.offer_verification(move |hash, key, signature, message| {
        ask(&mut own.borrow_mut(), size(hash), key, signature, message)
    });
    let families = match FilterHost::chosen() {
        FilterHost::Wasm => &["RS", "ES"][..],
        FilterHost::Native => {
            host.offer_schemes(move |scheme, key, signature, message| {
                let path = match scheme {
                    Scheme::RsaPss(hash) => format!("pss-{}", size(hash)),
                    Scheme::Ed25519 => "ed25519".to_owned(),
                };
                ask(&mut connection.borrow_mut(), path, key, signature, message)
            });
            &["RS", "PS", "ES256", "ES384", "EdDSA", "Ed25519"]
        }
    };
    let mut wrong = Vec::new();
    for vector in jose::signatures(&folder) {
        let algorithm: Algorithm = vector.algorithm.parse().unwrap();
        if !families.iter().any(|family| vector.algorithm.starts_with(family)) {
            continue;
        }
        let Ok(key) = Key::from_jwk(vector.jwk.as_object().unwrap()) else {
            assert_ne!(vector.good, Some(true), "{}", vector.name);
            continue;
        };
        let verdict = key.verify(algorithm, &vector.message, &vector.signature, &host);
        // Where the file leaves it to the verifier, it's as in pure Rust; elsewhere that's shown natively.
        let good = vector.good.unwrap_or_else(|| {
            key.verify(
                algorithm,
                &vector.message,
                &vector.signature,
                &FakeHost::default(),
            )
        });
        if verdict != good {
            wrong.push(format!("{}: accepted: {verdict}", vector.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let by_host = host.counter("verified_by_host");
    assert!(by_host > 1000, "{by_host}");
}

/// Has Envoy judge a signature.
fn ask(
    connection: &mut Connection,
    scheme: impl Display,
    key: &[u8],
    signature: &[u8],
    message: &[u8],
) -> bool {
    let request = [("x-key", key), ("x-signature", signature), ("x-message", message)]
        .iter()
        .fold(
            Request::get(&format!("/verify/{scheme}")),
            |request, (name, bytes)| request.header(name, STANDARD.encode(bytes)),
        );
    match &*connection.send(&request).unwrap().text() {
        "good" => true,
        "bad" => false,
        other => panic!("the host says {other:?}"),
    }
}

/// The size of a hash, in bits.
fn size(hash: Hash) -> u32 {
    match hash {
        Hash::Sha256 => 256,
        Hash::Sha384 => 384,
        Hash::Sha512 => 512,
    }
}
