//! The cryptography behind [`jsonwebtoken`]: a [`CryptoProvider`] that only verifies: RSA and ECDSA
//! by this crate's own small arithmetic on public numbers, Ed25519 and HMAC by dalek's and RustCrypto's crates. A verifier
//! is prepared once per key and algorithm; jsonwebtoken's own providers parse the key for every token.

use crate::{curve::Curve, ecdsa::EcPublicKey, rsa::RsaPublicKey};
use ed25519_dalek::VerifyingKey as Ed25519Key;
use hmac::{Hmac, KeyInit, Mac};
use http_filter::Hash;
use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind, Result, new_error},
    signature::{self, Verifier},
};
use sha2::{Sha256, Sha384, Sha512};

/// Verification in pure Rust. It signs nothing.
pub static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    Err(new_error(ErrorKind::InvalidAlgorithm))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    if key.family() != algorithm.family() {
        return Err(new_error(ErrorKind::InvalidAlgorithm));
    }
    let key = Key::new(*algorithm, key)?;
    Ok(Box::new(Prepared {
        algorithm: *algorithm,
        key,
    }))
}

/// A verifier of ES512, which jsonwebtoken has no name for; `key` is an uncompressed point of P-521.
pub(crate) fn es512(key: &DecodingKey) -> Result<Box<dyn Verifier<Vec<u8>>>> {
    let key = EcPublicKey::new(Curve::P521, Hash::Sha512, key.try_get_as_bytes()?).ok_or_else(bad_key)?;
    Ok(Box::new(Es512(key)))
}

struct Prepared {
    algorithm: Algorithm,
    key: Key,
}

enum Key {
    Rsa(RsaPublicKey),
    Ec(EcPublicKey),
    Ed25519(Box<Ed25519Key>),
    Hs256(Box<Hmac<Sha256>>),
    Hs384(Box<Hmac<Sha384>>),
    Hs512(Box<Hmac<Sha512>>),
}

impl Key {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self> {
        if let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() {
            return RsaPublicKey::new(n, e).map(Self::Rsa).ok_or_else(bad_key);
        }
        let bytes = key.try_get_as_bytes()?;
        match algorithm {
            Algorithm::ES256 => EcPublicKey::new(Curve::P256, Hash::Sha256, bytes)
                .map(Self::Ec)
                .ok_or_else(bad_key),
            Algorithm::ES384 => EcPublicKey::new(Curve::P384, Hash::Sha384, bytes)
                .map(Self::Ec)
                .ok_or_else(bad_key),
            Algorithm::EdDSA => bytes
                .try_into()
                .ok()
                .and_then(|bytes| Ed25519Key::from_bytes(bytes).ok())
                .filter(|key| !key.is_weak())
                .map(|key| Self::Ed25519(Box::new(key)))
                .ok_or_else(bad_key),
            Algorithm::HS256 => hmac(bytes).map(Self::Hs256),
            Algorithm::HS384 => hmac(bytes).map(Self::Hs384),
            Algorithm::HS512 => hmac(bytes).map(Self::Hs512),
            _ => Err(bad_key()),
        }
    }
}

fn hmac<M: KeyInit>(key: &[u8]) -> Result<Box<M>> {
    M::new_from_slice(key).map(Box::new).map_err(|_| bad_key())
}

fn bad_key() -> Error {
    new_error(ErrorKind::InvalidKeyFormat)
}

impl JwtVerifier for Prepared {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for Prepared {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        let verified = match &self.key {
            Key::Rsa(key) => rsa(key, self.algorithm, message, signature),
            Key::Ec(key) => key.verify(message, signature),
            // The strict form refuses small-order points and signatures that others could re-make.
            Key::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Key::Hs256(mac) => authentic(&**mac, message, signature),
            Key::Hs384(mac) => authentic(&**mac, message, signature),
            Key::Hs512(mac) => authentic(&**mac, message, signature),
        };
        if verified {
            Ok(())
        } else {
            Err(signature::Error::new())
        }
    }
}

/// Whether `code` is the whole code of `message`; compared in constant time.
fn authentic<M: Mac + Clone>(mac: &M, message: &[u8], code: &[u8]) -> bool {
    let mut mac = mac.clone();
    mac.update(message);
    mac.verify_slice(code).is_ok()
}

/// RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 §3.3, §3.5).
fn rsa(key: &RsaPublicKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let hash = crate::Algorithm::Registered(algorithm).hash();
    match algorithm {
        Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 => key.verify_pkcs1(hash, message, signature),
        Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512 => key.verify_pss(hash, message, signature),
        _ => false,
    }
}

struct Es512(EcPublicKey);

impl Verifier<Vec<u8>> for Es512 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        if self.0.verify(message, signature) {
            Ok(())
        } else {
            Err(signature::Error::new())
        }
    }
}
