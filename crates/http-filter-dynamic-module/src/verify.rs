//! Signatures verified in native code, as Envoy's own function does it for Wasm.

use http_filter::{Hash, Scheme};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};

/// Verifies by the key in a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): RSASSA-PKCS1-v1_5, or ECDSA with a DER signature. `None`
/// where that isn't offered here, which says nothing of the signature.
pub(crate) fn verify_signature(hash: Hash, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
    let (kind, parameters, public) = public_key(key)?;
    let algorithm: &'static dyn VerificationAlgorithm = match (kind, hash) {
        (RSA, hash) if is_usual(public)? => match hash {
            Hash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Hash::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
            Hash::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
        },
        (ELLIPTIC, hash) => match (element(OBJECT_IDENTIFIER, parameters)?.0, hash) {
            (P256, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
            (P384, Hash::Sha384) => &ECDSA_P384_SHA384_ASN1,
            _ => return None,
        },
        _ => return None,
    };
    Some(verifies(algorithm, public, signature, message))
}

/// As [`verify_signature`], by RSASSA-PSS or Ed25519.
pub(crate) fn verify_by(scheme: Scheme, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
    let (kind, _, public) = public_key(key)?;
    let algorithm: &'static dyn VerificationAlgorithm = match (kind, scheme) {
        (RSA, Scheme::RsaPss(hash)) if is_usual(public)? => match hash {
            Hash::Sha256 => &RSA_PSS_2048_8192_SHA256,
            Hash::Sha384 => &RSA_PSS_2048_8192_SHA384,
            Hash::Sha512 => &RSA_PSS_2048_8192_SHA512,
        },
        (EDWARDS, Scheme::Ed25519) => &ED25519,
        _ => return None,
    };
    Some(verifies(algorithm, public, signature, message))
}

fn verifies(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    signature: &[u8],
    message: &[u8],
) -> bool {
    let verified = UnparsedPublicKey::new(algorithm, key).verify(message, signature);
    verified.is_ok()
}

/// What kind of key it is, its parameters, and the key itself.
fn public_key(key: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (information, []) = element(SEQUENCE, key)? else {
        return None;
    };
    let (identifier, rest) = element(SEQUENCE, information)?;
    let (bits, []) = element(BIT_STRING, rest)? else {
        return None;
    };
    // The bits fill bytes.
    let (0, public) = bits.split_first()? else {
        return None;
    };
    let (kind, parameters) = element(OBJECT_IDENTIFIER, identifier)?;
    Some((kind, parameters, public))
}

/// Whether ring takes such an RSA key: others it would refuse like a bad signature.
fn is_usual(public: &[u8]) -> Option<bool> {
    let (numbers, _) = element(SEQUENCE, public)?;
    let (modulus, rest) = element(INTEGER, numbers)?;
    let (exponent, _) = element(INTEGER, rest)?;
    let bytes = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let bits = bytes.len() * 8 - bytes.first()?.leading_zeros() as usize;
    let exponent = exponent.iter().try_fold(0u64, |value, byte| {
        Some(value.checked_mul(256)? + u64::from(*byte))
    });
    Some((2048..=8192).contains(&bits) && exponent.is_some_and(|value| (3..1 << 33).contains(&value)))
}

/// The content of the DER element with this tag that `input` begins with, and what follows it.
fn element(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = input.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=127 => (usize::from(*first), rest),
        0x81 | 0x82 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (
                bytes
                    .iter()
                    .fold(0, |length, byte| length << 8 | usize::from(*byte)),
                rest,
            )
        }
        _ => return None,
    };
    (*found == tag).then(|| rest.split_at_checked(length))?
}

const INTEGER: u8 = 2;
const BIT_STRING: u8 = 3;
const OBJECT_IDENTIFIER: u8 = 6;
const SEQUENCE: u8 = 0x30;

/// `rsaEncryption` (RFC 8017, appendix A.1).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// `id-ecPublicKey` (RFC 5480 §2.1.1).
const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// `id-Ed25519` (RFC 8410 §3).
const EDWARDS: &[u8] = &[0x2b, 0x65, 0x70];
/// `secp256r1`.
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// `secp384r1`.
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0, 0x22];
