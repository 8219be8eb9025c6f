//! Whatever stands in a token's place: what is taken for a compact JWS is one, written in the only way there is.
#![no_main]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jwt_auth::Compact;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(token) = Compact::parse(input) else { return };
    let (text, signature) = (token.signing_input, URL_SAFE_NO_PAD.encode(&token.signature));
    assert_eq!([text, b".", signature.as_bytes()].concat(), input, "a signature written in two ways");
    let payload = URL_SAFE_NO_PAD.encode(&token.payload);
    assert!(text.ends_with(&[b".", payload.as_bytes()].concat()), "a payload written in two ways");
    assert_eq!(text.iter().filter(|byte| **byte == b'.').count(), 1);
    if let Ok(claims) = token.claims() {
        let written = serde_json::to_string(&claims).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&written).unwrap().is_object());
    }
});
