//! Whatever a trusted issuer signs, and whatever comes as a proof beside it: it's judged, and no header line breaks.
#![no_main]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;
use std::rc::Rc;

const SECRET: &[u8] = b"secret-secret-secret-secret-secret";
const CONFIG: &[u8] = br#"{
    "providers": {"corp": {
        "algorithms": "HS256",
        "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}]},
        "require_expiration": false, "claims": {"azp": {"one_of": ["a", 1]}},
        "headers": {"x-a": "a", "x-b": "b.c", "x-c": {"claim": ["b", "c"], "format": "json"}}, "payload_header": "x-p"
    }},
    "deny": {"jti": "x", "sub": "y"},
    "rules": [{"scopes": ["a"], "claims": {"d": {"contains": "e"}}}]
}"#;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let (claims, proof) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let signed = format!("eyJhbGciOiJIUzI1NiJ9.{}", URL_SAFE_NO_PAD.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    let scheme = if proof.is_empty() { "Bearer" } else { "DPoP" };
    let authorization = format!("{scheme} {token}").into_bytes();
    let mut request = vec![
        (":method".to_owned(), b"GET".to_vec()),
        (":path".to_owned(), b"/".to_vec()),
        ("authorization".to_owned(), authorization),
    ];
    if !proof.is_empty() {
        request.push(("dpop".to_owned(), proof.to_vec()));
    }
    let request = Headers::new(request);
    let plugin = Rc::new(Plugin::<JwtAuth>::new(Some(CONFIG)).unwrap());
    if let Decision::Continue(changes) = plugin.stream().on_request_headers(&request, &FakeHost::default()) {
        for (_, value) in request.mutated(&changes.mutation(&request)).iter() {
            assert!(!value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)), "{value:?}");
        }
    }
});
