//! The public vectors as gates: nothing that is invalid is accepted, and what is valid is, but for the deviations
//! named here.

use crate::{Algorithm, jws::Compact, key::Key, key_set::KeySet, possession};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_filter::Hash;
use http_filter_test::{FakeHost, vectors};
use serde_json::{Value, json};
use std::path::Path;

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Valid vectors that are refused, and why.
const DEVIATIONS: &[(u64, &str)] = &[
    (346, "the key says PS256, the header PS384"),
    (350, "the key says PS256, the header PS384"),
    (347, "`ES521` is no algorithm of RFC 7518"),
    (351, "`ES521` is no algorithm of RFC 7518"),
    (372, "a character outside of base64url"),
    (373, "a character outside of base64url"),
];

/// Vectors called invalid that are sound: the padding that their name speaks of isn't in them, and the signature is of
/// what is. No token of them all the same: the payload is no object.
const SOUND: [u64; 2] = [367, 370];

fn verifies(key: &Value, token: &str) -> bool {
    let keys = KeySet::parse(json!({"keys": [key]}).to_string().as_bytes());
    let token = Compact::parse(token.as_bytes());
    let (Some(keys), Ok(token)) = (keys, token) else {
        return false;
    };
    let verdict = keys.verify(&token, &FakeHost::default());
    assert_eq!(
        keys.verify(&token, &verifying_host()),
        verdict,
        "the host says otherwise"
    );
    verdict.is_ok()
}

#[test]
fn wycheproof_json_web_signatures() {
    let Some(folder) = vectors("jose") else { return };
    let file = read(&folder.join("wycheproof/json_web_signature_test.json"));
    let mut wrong = Vec::new();
    let mut judged = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let key = group.get("public").unwrap_or(&group["private"]);
        for test in group["tests"].as_array().unwrap() {
            judged += 1;
            let id = test["tcId"].as_u64().unwrap();
            // Other serialisations than the compact one come as objects: never accepted.
            let token = test["jws"]
                .as_str()
                .map_or_else(|| test["jws"].to_string(), str::to_owned);
            let accepted = verifies(key, &token);
            let deviates = DEVIATIONS.iter().any(|(deviation, _)| *deviation == id);
            let sound = SOUND.contains(&id);
            let expected = (test["result"] == "valid" && !deviates) || sound;
            if sound {
                assert!(
                    Compact::parse(token.as_bytes()).unwrap().claims().is_err(),
                    "{id}"
                );
            }
            if accepted != expected {
                wrong.push(format!(
                    "{id} {}: {} but accepted: {accepted}",
                    test["comment"], test["result"]
                ));
            }
        }
    }
    assert_eq!(judged, 401);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn wycheproof_primitives() {
    let Some(folder) = vectors("jose") else { return };
    let mut judged = 0;
    let mut wrong = Vec::new();
    for (name, algorithm) in [
        ("rsa_signature_2048_sha256", "RS256"),
        ("rsa_signature_2048_sha384", "RS384"),
        ("rsa_signature_2048_sha512", "RS512"),
        ("rsa_signature_3072_sha256", "RS256"),
        ("rsa_pss_2048_sha256_mgf1_32", "PS256"),
        ("rsa_pss_2048_sha384_mgf1_48", "PS384"),
        ("rsa_pss_3072_sha256_mgf1_32", "PS256"),
        ("rsa_pss_4096_sha512_mgf1_64", "PS512"),
        ("ecdsa_secp256r1_sha256_p1363", "ES256"),
        ("ecdsa_secp384r1_sha384_p1363", "ES384"),
        ("ecdsa_secp521r1_sha512_p1363", "ES512"),
        ("ed25519", "EdDSA"),
        ("hmac_sha256", "HS256"),
        ("hmac_sha384", "HS384"),
        ("hmac_sha512", "HS512"),
    ] {
        let file = read(&folder.join(format!("wycheproof/{name}_test.json")));
        for group in file["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                let Some(jwk) = jwk_of(group, test, algorithm) else {
                    continue;
                };
                let message = hex(test["msg"].as_str().unwrap());
                let signature = hex(test.get("sig").unwrap_or(&test["tag"]).as_str().unwrap());
                let algorithm: Algorithm = algorithm.parse().unwrap();
                let accepted = Key::from_jwk(jwk.as_object().unwrap()).is_ok_and(|key| {
                    let verdict = key.verify(algorithm, &message, &signature, &FakeHost::default());
                    let by_host = key.verify(algorithm, &message, &signature, &verifying_host());
                    assert_eq!(
                        by_host, verdict,
                        "{name} {}: the host says otherwise",
                        test["tcId"]
                    );
                    verdict
                });
                judged += 1;
                // "acceptable" leaves it to the verifier; refusing is always safe.
                let result = test["result"].as_str().unwrap();
                if (result == "valid" && !accepted) || (result == "invalid" && accepted) {
                    wrong.push(format!(
                        "{name} {} {}: {result}, accepted: {accepted}",
                        test["tcId"], test["comment"]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(judged > 2000, "{judged}");
}

fn jwk_of(group: &Value, test: &Value, algorithm: &str) -> Option<Value> {
    let text = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    if let Some(bits) = algorithm.strip_prefix("HS") {
        // Codes of full length by keys that are long enough: RFC 7518 §3.2 knows no others.
        let bits: u64 = bits.parse().unwrap();
        if group["tagSize"] != bits || group["keySize"].as_u64().unwrap() < bits {
            return None;
        }
        return Some(json!({"kty": "oct", "k": text(hex(test["key"].as_str().unwrap()))}));
    }
    let key = &group["publicKey"];
    Some(match algorithm {
        "EdDSA" => json!({"kty": "OKP", "crv": "Ed25519", "x": text(hex(key["pk"].as_str().unwrap()))}),
        _ if algorithm.starts_with("ES") => {
            let size = match algorithm {
                "ES256" => 32,
                "ES384" => 48,
                _ => 66,
            };
            let point = hex(key["uncompressed"].as_str().unwrap());
            json!({"kty": "EC", "crv": curve(algorithm), "x": text(point[1..=size].to_vec()), "y": text(point[size + 1..].to_vec())})
        }
        _ => json!({
            "kty": "RSA", "n": text(hex(key["modulus"].as_str().unwrap())),
            "e": text(hex(key["publicExponent"].as_str().unwrap())),
        }),
    })
}

fn curve(algorithm: &str) -> &'static str {
    match algorithm {
        "ES256" => "P-256",
        "ES384" => "P-384",
        _ => "P-521",
    }
}

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A host that verifies as Envoy's does, by RustCrypto's crates: keys as SubjectPublicKeyInfo, signatures as DER.
fn verifying_host() -> FakeHost {
    use p256::{ecdsa::signature::Verifier, pkcs8::DecodePublicKey};
    macro_rules! ec {
        ($name:ident, $key:expr, $signature:expr, $message:expr) => {
            if let Ok(key) = $name::ecdsa::VerifyingKey::from_public_key_der($key) {
                return $name::ecdsa::Signature::from_der($signature)
                    .is_ok_and(|signature| key.verify($message, &signature).is_ok());
            }
        };
    }
    let host = FakeHost::default();
    host.offer_verification(|hash, key, signature, message| {
        ec!(p256, key, signature, message);
        ec!(p384, key, signature, message);
        ec!(p521, key, signature, message);
        let key = rsa::RsaPublicKey::from_public_key_der(key).unwrap();
        fn pkcs1<D: sha2::Digest + rsa::pkcs8::AssociatedOid>(
            message: &[u8],
        ) -> (rsa::Pkcs1v15Sign, Vec<u8>) {
            (rsa::Pkcs1v15Sign::new::<D>(), D::digest(message).to_vec())
        }
        let (scheme, digest) = match hash {
            Hash::Sha256 => pkcs1::<sha2::Sha256>(message),
            Hash::Sha384 => pkcs1::<sha2::Sha384>(message),
            Hash::Sha512 => pkcs1::<sha2::Sha512>(message),
        };
        key.verify(scheme, &digest, signature).is_ok()
    });
    host
}

#[test]
fn rfc_examples() {
    let Some(folder) = vectors("jose") else { return };
    let file = read(&folder.join("rfc/rfc-jose-vectors.json"));
    let mut judged = 0;
    for vector in file["vectors"].as_array().unwrap() {
        let name = vector["name"].as_str().unwrap();
        if let Some(token) = vector["jws"].as_str() {
            let key = vector
                .get("jwk")
                .cloned()
                .unwrap_or(json!({"kty": "oct", "k": "AA"}));
            assert_eq!(verifies(&key, token), vector["result"] == "valid", "{name}");
            judged += 1;
        }
        if let Some(thumbprint) = vector.get("thumbprint_sha256") {
            assert_eq!(
                possession::thumbprint(vector["jwk"].as_object().unwrap()).as_deref(),
                thumbprint.as_str(),
                "{name}"
            );
            judged += 1;
        }
    }
    assert!(judged >= 8, "{judged}");
}

#[test]
fn cookbook() {
    let Some(folder) = vectors("jose") else { return };
    for (file, accepted) in [
        ("jws/4_1.rsa_v15_signature", true),
        ("jws/4_2.rsa-pss_signature", true),
        ("jws/4_3.ecdsa_signature", true),
        ("jws/4_4.hmac-sha2_integrity_protection", true),
    ] {
        let vector = read(&folder.join(format!("jose-cookbook/{file}.json")));
        let mut key = vector["input"]["key"].clone();
        for private in ["d", "p", "q", "dp", "dq", "qi"] {
            key.as_object_mut().unwrap().remove(private);
        }
        let token = vector["output"]["compact"].as_str().unwrap();
        assert_eq!(verifies(&key, token), accepted, "{file}");
    }
}
