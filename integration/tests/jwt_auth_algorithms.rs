//! Signatures in a real Envoy: by its BoringSSL where it can, by the filter's own arithmetic elsewhere, with the same
//! verdicts on what is good and on what was tampered with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::http::Request;
use integration::{Proxy, Upstream, signer};
use serde_json::json;

#[test]
fn every_algorithm_is_verified_where_it_can_be_and_tampering_is_seen() {
    let signed = signer::sign_with_all(&json!({"sub": "alice", "exp": 4_102_444_800_u64}));
    let foreign = signer::sign_with_all(&json!({"sub": "mallory", "exp": 4_102_444_800_u64}));
    let configuration = json!({"providers": {"corp": {"jwks": signed.jwks}}});
    let envoy = Proxy::default()
        .filter("jwt-auth", &configuration)
        .workers(2)
        .start(&Upstream::start());
    let ask = |token: &str| {
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        request.send(envoy.address()).unwrap()
    };
    let counter = |name: &str| {
        let counters = envoy.admin().filter_counters().unwrap();
        counters
            .get(&format!("jwt_auth.{name}"))
            .copied()
            .unwrap_or_default()
    };
    assert_eq!(signed.tokens.len(), 10);
    for ((algorithm, token), (_, foreign)) in signed.tokens.iter().zip(&foreign.tokens) {
        let by_host = algorithm.starts_with("RS") || algorithm.starts_with("ES");
        let verifications = || (counter("verified_by_host"), counter("verified_in_wasm"));
        let before = verifications();
        assert_eq!(ask(token).status, 200, "{algorithm}: {}", ask(token).text());
        let after = verifications();
        let (host, wasm) = (after.0 - before.0, after.1 - before.1);
        assert_eq!(
            (host > 0, wasm > 0),
            (by_host, !by_host),
            "{algorithm}: {host} by the host, {wasm} in Wasm"
        );

        let parts: Vec<&str> = token.split('.').collect();
        let foreign: Vec<&str> = foreign.split('.').collect();
        for (name, tampered) in [
            (
                "the signature's first bits",
                [parts[0], parts[1], &changed(parts[2], 0)].join("."),
            ),
            (
                "bits amid the signature",
                [parts[0], parts[1], &changed(parts[2], parts[2].len() / 2)].join("."),
            ),
            ("the payload", [parts[0], foreign[1], parts[2]].join(".")),
            ("another's key", foreign.join(".")),
            (
                "a signature of nothing",
                [parts[0], parts[1], &"A".repeat(parts[2].len())].join("."),
            ),
            (
                "half a signature",
                [parts[0], parts[1], parts[2].split_at(parts[2].len() / 8 * 4).0].join("."),
            ),
        ] {
            let refused = ask(&tampered);
            assert_eq!(refused.status, 401, "{algorithm}, {name}");
            let kind = refused.json()["type"].as_str().unwrap_or_default().to_owned();
            assert!(
                kind.ends_with("signature_invalid"),
                "{algorithm}, {name}: {}",
                refused.text()
            );
        }
    }
    assert_eq!(counter("signature_invalid"), 60);
}

/// Another base64url letter at a place.
fn changed(text: &str, place: usize) -> String {
    let mut text = text.as_bytes().to_vec();
    text[place] = if text[place] == b'B' { b'C' } else { b'B' };
    String::from_utf8(text).unwrap()
}
