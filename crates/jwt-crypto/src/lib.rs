#![doc = include_str!("../README.md")]

use ed25519_dalek::VerifyingKey as Ed25519Key;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind, Result, new_error},
    signature::{self, Verifier},
};
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey, pss::Pss};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Verification by RustCrypto, in pure Rust. It signs nothing.
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

/// A verifier of ES512, which jsonwebtoken has no name for; `key` is an uncompressed point of P-521 (RFC 7518 §3.4).
///
/// # Errors
/// `InvalidEcdsaKey` for what is no point of the curve.
pub fn es512(key: &DecodingKey) -> Result<Box<dyn Verifier<Vec<u8>>>> {
    let point = p521::ecdsa::VerifyingKey::from_sec1_bytes(key.try_get_as_bytes()?).map_err(bad_ec_key)?;
    Ok(Box::new(Es512(point)))
}

struct Prepared {
    algorithm: Algorithm,
    key: Key,
}

enum Key {
    Rsa(RsaPublicKey),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
    Ed25519(Box<Ed25519Key>),
    Hs256(Box<Hmac<Sha256>>),
    Hs384(Box<Hmac<Sha384>>),
    Hs512(Box<Hmac<Sha512>>),
}

impl Key {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self> {
        if let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() {
            let n = BoxedUint::from_be_slice_vartime(n);
            let e = BoxedUint::from_be_slice_vartime(e);
            return RsaPublicKey::new(n, e)
                .map(Self::Rsa)
                .map_err(|_| new_error(ErrorKind::InvalidKeyFormat));
        }
        let bytes = key.try_get_as_bytes()?;
        match algorithm {
            Algorithm::ES256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                .map(|key| Self::P256(Box::new(key)))
                .map_err(bad_ec_key),
            Algorithm::ES384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                .map(|key| Self::P384(Box::new(key)))
                .map_err(bad_ec_key),
            Algorithm::EdDSA => bytes
                .try_into()
                .ok()
                .and_then(|bytes| Ed25519Key::from_bytes(bytes).ok())
                .filter(|key| !key.is_weak())
                .map(|key| Self::Ed25519(Box::new(key)))
                .ok_or_else(|| new_error(ErrorKind::InvalidKeyFormat)),
            Algorithm::HS256 => hmac(bytes).map(Self::Hs256),
            Algorithm::HS384 => hmac(bytes).map(Self::Hs384),
            Algorithm::HS512 => hmac(bytes).map(Self::Hs512),
            _ => Err(new_error(ErrorKind::InvalidKeyFormat)),
        }
    }
}

fn hmac<M: KeyInit>(key: &[u8]) -> Result<Box<M>> {
    M::new_from_slice(key)
        .map(Box::new)
        .map_err(|_| new_error(ErrorKind::InvalidKeyFormat))
}

fn bad_ec_key<E>(_: E) -> Error {
    new_error(ErrorKind::InvalidEcdsaKey)
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
            Key::P256(key) => p256::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
                p256::ecdsa::signature::Verifier::verify(&**key, message, &signature).is_ok()
            }),
            Key::P384(key) => p384::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
                p256::ecdsa::signature::Verifier::verify(&**key, message, &signature).is_ok()
            }),
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

/// RSASSA-PKCS1-v1_5 and RSASSA-PSS, the salt as long as the hash (RFC 7518 §3.3, §3.5).
fn rsa(key: &RsaPublicKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let pkcs1 = |prefix: &[u8], hash: &[u8]| {
        let scheme = Pkcs1v15Sign {
            hash_len: Some(hash.len()),
            prefix: prefix.into(),
        };
        key.verify(scheme, hash, signature).is_ok()
    };
    match algorithm {
        Algorithm::RS256 => pkcs1(&digest_info(1, 32), &Sha256::digest(message)),
        Algorithm::RS384 => pkcs1(&digest_info(2, 48), &Sha384::digest(message)),
        Algorithm::RS512 => pkcs1(&digest_info(3, 64), &Sha512::digest(message)),
        Algorithm::PS256 => pss::<Sha256>(key, message, signature),
        Algorithm::PS384 => pss::<Sha384>(key, message, signature),
        Algorithm::PS512 => pss::<Sha512>(key, message, signature),
        _ => false,
    }
}

fn pss<D: Digest + hmac::digest::FixedOutputReset>(
    key: &RsaPublicKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    key.verify(Pss::<D>::new(), &D::digest(message), signature)
        .is_ok()
}

/// The DigestInfo of SHA-2 (RFC 8017 §9.2, note 1) up to the hash itself: the last arc of the hash's name, its length.
fn digest_info(arc: u8, length: u8) -> [u8; 19] {
    [
        0x30,
        0x11 + length,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        arc,
        0x05,
        0x00,
        0x04,
        length,
    ]
}

struct Es512(p521::ecdsa::VerifyingKey);

impl Verifier<Vec<u8>> for Es512 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        p521::ecdsa::Signature::from_slice(signature)
            .ok()
            .filter(|signature| p256::ecdsa::signature::Verifier::verify(&self.0, message, signature).is_ok())
            .map(|_| ())
            .ok_or_else(signature::Error::new)
    }
}
