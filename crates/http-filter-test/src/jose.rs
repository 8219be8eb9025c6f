//! The public vectors for JSON Web Signatures, as one list whatever the files look like.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::path::Path;

/// A token, or something in place of one, and the key to judge it by.
#[derive(Clone, Debug)]
pub struct SignedToken {
    /// File and number, or name.
    pub name: String,
    /// The public key, or the secret.
    pub jwk: Value,
    /// As it would be sent.
    pub token: String,
    /// Whether the signature is to be accepted.
    pub good: bool,
    /// Why that isn't what the file says, where it isn't.
    pub deviation: Option<&'static str>,
}

/// A signature of some bytes, and the key to judge it by.
#[derive(Clone, Debug)]
pub struct Signature {
    /// File and number.
    pub name: String,
    /// The algorithm, as RFC 7518 calls it.
    pub algorithm: &'static str,
    /// The public key, or the secret.
    pub jwk: Value,
    /// What is signed.
    pub message: Vec<u8>,
    /// The signature, or the code.
    pub signature: Vec<u8>,
    /// Whether it must be accepted, or must not; `None` leaves it to the verifier.
    pub good: Option<bool>,
}

const OTHER_ALGORITHM: &str = "the key says PS256, the header PS384";
const ES521: &str = "`ES521` is no algorithm of RFC 7518";
const ALPHABET: &str = "a character outside of base64url";
const SOUND: &str = "the padding that its name speaks of isn't in it, and the signature is good";

/// Wycheproof's tokens that are judged otherwise than the file does, and why.
const DEVIATIONS: [(u64, &str); 8] = [
    (346, OTHER_ALGORITHM),
    (350, OTHER_ALGORITHM),
    (347, ES521),
    (351, ES521),
    (372, ALPHABET),
    (373, ALPHABET),
    (367, SOUND),
    (370, SOUND),
];

/// All tokens of the folder `jose`: Wycheproof's, the RFCs', the cookbook's.
///
/// # Panics
/// When a file is missing, or isn't as it was.
pub fn signed_tokens(folder: &Path) -> Vec<SignedToken> {
    let tokens = [wycheproof(folder), rfc(folder), cookbook(folder)].concat();
    assert!(tokens.len() >= 420, "{}", tokens.len());
    tokens
}

fn wycheproof(folder: &Path) -> Vec<SignedToken> {
    let file = read(&folder.join("wycheproof/json_web_signature_test.json"));
    let mut tokens = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let id = test["tcId"].as_u64().unwrap();
            let deviation = DEVIATIONS.iter().find(|(deviation, _)| *deviation == id);
            tokens.push(SignedToken {
                name: format!("wycheproof {id} {}", test["comment"]),
                jwk: public(group.get("public").unwrap_or(&group["private"])),
                token: text(&test["jws"]),
                good: (test["result"] == "valid") != deviation.is_some(),
                deviation: deviation.map(|(_, reason)| *reason),
            });
        }
    }
    assert_eq!(tokens.len(), 401);
    tokens
}

fn rfc(folder: &Path) -> Vec<SignedToken> {
    let file = read(&folder.join("rfc/rfc-jose-vectors.json"));
    let vectors = file["vectors"].as_array().unwrap().iter();
    let tokens = vectors.filter(|vector| vector["jws"].is_string() || vector["dpop_proof"].is_string());
    tokens
        .map(|vector| {
            let token = text(vector.get("jws").unwrap_or(&vector["dpop_proof"]));
            SignedToken {
                name: text(&vector["name"]),
                // A proof carries its key; what isn't signed at all is judged by any.
                jwk: public(
                    &vector
                        .get("jwk")
                        .or(header(&token).get("jwk"))
                        .cloned()
                        .unwrap_or_else(|| json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode([1; 64])})),
                ),
                good: text(&vector["result"]).starts_with("valid"),
                token,
                deviation: None,
            }
        })
        .collect()
}

fn header(token: &str) -> Value {
    let header = token.split('.').next().unwrap_or_default();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap_or_default()).unwrap_or_default()
}

/// The examples of RFC 7520 §4, RFC 7797 and RFC 8037. Only whole tokens in the compact form can be good.
fn cookbook(folder: &Path) -> Vec<SignedToken> {
    let mut tokens = Vec::new();
    for (file, whole) in [
        ("jws/4_1.rsa_v15_signature", true),
        ("jws/4_2.rsa-pss_signature", true),
        ("jws/4_3.ecdsa_signature", true),
        ("jws/4_4.hmac-sha2_integrity_protection", true),
        ("jws/4_5.signature_with_detached_content", false),
        ("jws/4_6.protecting_specific_header_fields", false),
        ("jws/4_7.protecting_content_only", false),
        ("jws/4_8.multiple_signatures", false),
        ("rfc7797/4.2.hmac-sha2_b64_false", false),
        ("rfc7797/hmac-sha2_b64_false", false),
        ("curve25519/jws", true),
    ] {
        let vector = read(&folder.join(format!("jose-cookbook/{file}.json")));
        let keys = &vector["input"]["key"];
        for (form, token) in vector["output"].as_object().unwrap() {
            for key in keys.as_array().unwrap_or(&vec![keys.clone()]) {
                tokens.push(SignedToken {
                    name: format!("cookbook {file}, {form}"),
                    jwk: public(key),
                    token: text(token),
                    good: whole && form == "compact",
                    deviation: None,
                });
            }
        }
    }
    tokens
}

/// The signatures of Wycheproof's files for algorithms that tokens are signed by.
///
/// # Panics
/// When a file is missing, or isn't as it was.
pub fn signatures(folder: &Path) -> Vec<Signature> {
    let mut signatures = Vec::new();
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
                signatures.extend(jwk_of(group, test, algorithm).map(|jwk| Signature {
                    name: format!("{name} {} {}", test["tcId"], test["comment"]),
                    algorithm,
                    jwk,
                    message: bytes(&test["msg"]),
                    signature: bytes(test.get("sig").unwrap_or(&test["tag"])),
                    good: match test["result"].as_str().unwrap() {
                        "valid" => Some(true),
                        "invalid" => Some(false),
                        _ => None,
                    },
                }));
            }
        }
    }
    assert!(signatures.len() > 2000, "{}", signatures.len());
    signatures
}

/// The key of a group as a JWK; `None` for codes that are cut, and secrets shorter than they: RFC 7518 §3.2 has none.
fn jwk_of(group: &Value, test: &Value, algorithm: &str) -> Option<Value> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    if let Some(bits) = algorithm.strip_prefix("HS") {
        let bits: u64 = bits.parse().unwrap();
        let whole = group["tagSize"] == bits && group["keySize"].as_u64().unwrap() >= bits;
        return whole.then(|| json!({"kty": "oct", "k": text(&bytes(&test["key"]))}));
    }
    let key = &group["publicKey"];
    let (curve, size) = match algorithm {
        "ES256" => ("P-256", 32),
        "ES384" => ("P-384", 48),
        "ES512" => ("P-521", 66),
        "EdDSA" => {
            return Some(json!({"kty": "OKP", "crv": "Ed25519", "x": text(&bytes(&key["pk"]))}));
        }
        _ => {
            let [n, e] = ["modulus", "publicExponent"].map(|name| text(&bytes(&key[name])));
            return Some(json!({"kty": "RSA", "n": n, "e": e}));
        }
    };
    let point = bytes(&key["uncompressed"]);
    let (x, y) = point[1..].split_at(size);
    Some(json!({"kty": "EC", "crv": curve, "x": text(x), "y": text(y)}))
}

/// A key without its private half.
fn public(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        jwk.as_object_mut().unwrap().remove(private);
    }
    jwk
}

fn read(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap()
}

/// A text, or JSON as text: other serialisations than the compact one are objects.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn bytes(hexadecimal: &Value) -> Vec<u8> {
    let text = hexadecimal.as_str().unwrap().as_bytes();
    let pairs = text.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
