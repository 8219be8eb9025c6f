//! The public vectors as gates: nothing that is invalid is accepted, and what is valid is, but for the deviations that
//! [`jose`] names; in pure Rust, and by a host as Envoy is one.

use crate::{Algorithm, Key, KeySet, possession, token::jws::Compact};
use http_filter::Hash;
use http_filter_test::{FakeHost, jose, jose::SignedToken, vectors};
use serde_json::{Value, json};

fn verifies(vector: &SignedToken) -> bool {
    let keys = KeySet::parse(json!({"keys": [vector.jwk]}).to_string().as_bytes());
    let token = Compact::parse(vector.token.as_bytes());
    let (Ok(keys), Ok(token)) = (keys, token) else {
        return false;
    };
    let verdict = keys.verify(&token, &FakeHost::default());
    let by_host = keys.verify(&token, &verifying_host());
    assert_eq!(by_host, verdict, "{}: the host says otherwise", vector.name);
    verdict.is_ok()
}

#[test]
fn tokens() {
    let Some(folder) = vectors("jose") else { return };
    let mut wrong = Vec::new();
    for vector in jose::signed_tokens(&folder) {
        let accepted = verifies(&vector);
        if accepted != vector.good {
            wrong.push(format!("{}: accepted: {accepted}", vector.name));
        }
        // What is called invalid and isn't is no token all the same: its payload is no object.
        if accepted && vector.deviation.is_some() {
            let token = Compact::parse(vector.token.as_bytes()).unwrap();
            assert!(token.claims().is_err(), "{}", vector.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn signatures() {
    let Some(folder) = vectors("jose") else { return };
    let mut wrong = Vec::new();
    for vector in jose::signatures(&folder) {
        let algorithm: Algorithm = vector.algorithm.parse().unwrap();
        let accepted = Key::from_jwk(vector.jwk.as_object().unwrap()).is_ok_and(|key| {
            let verify = |host: &FakeHost| key.verify(algorithm, &vector.message, &vector.signature, host);
            let verdict = verify(&FakeHost::default());
            assert_eq!(
                verify(&verifying_host()),
                verdict,
                "{}: the host says otherwise",
                vector.name
            );
            verdict
        });
        if vector.good.is_some_and(|good| good != accepted) {
            wrong.push(format!("{}: accepted: {accepted}", vector.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
fn thumbprints() {
    let Some(folder) = vectors("jose") else { return };
    let file = std::fs::read(folder.join("rfc/rfc-jose-vectors.json")).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    let mut judged = 0;
    for vector in file["vectors"].as_array().unwrap() {
        if let Some(thumbprint) = vector.get("thumbprint_sha256") {
            let made = possession::thumbprint(vector["jwk"].as_object().unwrap());
            assert_eq!(made.as_deref(), thumbprint.as_str(), "{}", vector["name"]);
            judged += 1;
        }
        if let Some(proof) = vector["dpop_proof"].as_str() {
            let proof = Compact::parse(proof.as_bytes()).unwrap();
            let made = possession::thumbprint(proof.header.jwk.as_ref().unwrap());
            assert_eq!(made.as_deref(), vector["jkt"].as_str(), "{}", vector["name"]);
            judged += 1;
        }
    }
    assert_eq!(judged, 4);
}
