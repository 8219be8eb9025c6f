//! Tokens for tests: signed here with throw-away keys, or read from the public vectors.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    reason = "tests"
)]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

/// An ES256 key pair for tests, the same in every run.
pub fn es256(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

/// The public half as a JWK.
pub fn jwk(key: &SigningKey, kid: Option<&str>) -> Value {
    let point = key.verifying_key().to_sec1_point(false);
    let mut jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": URL_SAFE_NO_PAD.encode(&point.as_bytes()[1..33]),
        "y": URL_SAFE_NO_PAD.encode(&point.as_bytes()[33..]),
    });
    if let Some(kid) = kid {
        jwk["kid"] = kid.into();
    }
    jwk
}

/// A token of these claims.
pub fn token(key: &SigningKey, header: Value, claims: &Value) -> String {
    let mut full = json!({"alg": "ES256"});
    for (name, value) in header.as_object().unwrap() {
        full[name] = value.clone();
    }
    let input = [
        URL_SAFE_NO_PAD.encode(full.to_string()),
        ".".into(),
        URL_SAFE_NO_PAD.encode(claims.to_string()),
    ]
    .concat();
    let signature: Signature = key.sign(input.as_bytes());
    [&input, ".", &URL_SAFE_NO_PAD.encode(signature.to_bytes())].concat()
}
