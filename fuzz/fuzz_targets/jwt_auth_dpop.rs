//! Whatever stands in a proof, signed by the key that the token is bound to: it's judged, and accepted once at most.
#![no_main]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::rc::Rc;

const SECRET: &[u8] = b"secret-secret-secret-secret-secret";
const CONFIG: &[u8] = br#"{"providers": {"corp": {
    "algorithms": "HS256",
    "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}]},
    "dpop": {"required": true}
}}}"#;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token that is bound to the key.
fn token(jwk: &Value) -> String {
    let thumbprint = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":{}}}"#, jwk["x"]);
    let claims = json!({"exp": 1_900_000_000, "cnf": {"jkt": encode(Sha256::digest(thumbprint))}});
    let signed = format!("eyJhbGciOiJIUzI1NiJ9.{}", encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", encode(mac.finalize().into_bytes()))
}

/// An object with the input's members over it, where the input is one.
fn with(mut object: Value, input: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(input) {
        Ok(Value::Object(members)) => {
            members.into_iter().for_each(|(name, value)| object[name] = value);
            object.to_string().into_bytes()
        }
        _ if input.is_empty() => object.to_string().into_bytes(),
        _ => input.to_vec(),
    }
}

fuzz_target!(|input: &[u8]| {
    let key = SigningKey::from_bytes(&[7; 32]);
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.verifying_key())});
    let token = token(&jwk);
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let header = with(json!({"alg": "EdDSA", "typ": "dpop+jwt", "jwk": jwk}), parts.next().unwrap_or_default());
    let claims = json!({
        "jti": "1", "htm": "POST", "htu": "https://a.example/b", "iat": 1_800_000_000,
        "ath": encode(Sha256::digest(&token)),
    });
    let signed = format!("{}.{}", encode(header), encode(with(claims, parts.next().unwrap_or_default())));
    let proof = format!("{signed}.{}", encode(key.sign(signed.as_bytes()).to_bytes()));
    let authorization = format!("DPoP {token}");
    let request: Headers = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "a.example"),
        (":path", "/b?c"),
        ("authorization", &authorization),
        ("dpop", &proof),
    ]
    .into_iter()
    .collect();
    let (plugin, host) = (Rc::new(Plugin::<JwtAuth>::new(Some(CONFIG)).unwrap()), FakeHost::default());
    let judge = || plugin.stream().on_request_headers(&request, &host);
    match judge() {
        Decision::Continue(_) => match judge() {
            Decision::Reply(reply) => assert_eq!(reply.details, "dpop_proof_replayed"),
            other => panic!("accepted twice: {other:?}"),
        },
        Decision::Reply(reply) => assert_eq!(reply.details, "dpop_proof_invalid"),
        other => panic!("{other:?}"),
    }
});
