//! Keys as PEM (RFC 7468): public keys, RSA public keys (PKCS#1), certificates, whose validity nobody looks at.

use crate::{
    curve::Curve,
    der::{self, Reader},
    key::{Key, KeyProblem},
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The keys of all blocks of `text`.
///
/// # Errors
/// [`KeyProblem`] of the first block that is no key to verify with; a private key is none.
pub(crate) fn keys(text: &str) -> Result<Vec<Key>, KeyProblem> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----").ok_or(KeyProblem::Form)?;
        let end = ["-----END ", label, "-----"].concat();
        let (body, after) = after.split_once(end.as_str()).ok_or(KeyProblem::Form)?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| KeyProblem::Form)?;
        keys.push(match label {
            "PUBLIC KEY" => public_key(&der)?,
            "RSA PUBLIC KEY" => rsa_public_key(&der)?,
            "CERTIFICATE" => certificate(&der).ok_or(KeyProblem::Form).and_then(public_key)?,
            _ => return Err(KeyProblem::Unknown),
        });
        rest = after;
    }
    if keys.is_empty() {
        Err(KeyProblem::Form)
    } else {
        Ok(keys)
    }
}

/// A SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
fn public_key(der: &[u8]) -> Result<Key, KeyProblem> {
    let parts = || -> Option<(&[u8], &[u8], &[u8])> {
        let mut info = Reader(Reader(der).expect(der::SEQUENCE)?);
        let mut algorithm = Reader(info.expect(der::SEQUENCE)?);
        let name = algorithm.expect(der::OBJECT_IDENTIFIER)?;
        let bits = info.expect(der::BIT_STRING)?.strip_prefix(&[0])?;
        Some((name, algorithm.0, bits))
    };
    let (algorithm, parameters, bits) = parts().ok_or(KeyProblem::Form)?;
    match algorithm {
        der::RSA_ENCRYPTION => rsa_public_key(bits),
        der::ED25519 => Key::ed25519(bits),
        der::EC_PUBLIC_KEY => {
            let curve = Reader(parameters)
                .expect(der::OBJECT_IDENTIFIER)
                .and_then(Curve::by_identifier)
                .ok_or(KeyProblem::Unknown)?;
            let (x, y) = bits
                .strip_prefix(&[4])
                .and_then(|point| point.split_at_checked(curve.size()))
                .ok_or(KeyProblem::Form)?;
            Key::ec(curve, x, y)
        }
        _ => Err(KeyProblem::Unknown),
    }
}

/// An RSAPublicKey (RFC 8017 appendix A.1.1).
fn rsa_public_key(der: &[u8]) -> Result<Key, KeyProblem> {
    let numbers = || {
        let mut key = Reader(Reader(der).expect(der::SEQUENCE)?);
        Some((key.unsigned()?, key.unsigned()?))
    };
    let (modulus, exponent) = numbers().ok_or(KeyProblem::Form)?;
    Key::rsa(modulus, exponent)
}

/// The SubjectPublicKeyInfo of a certificate (RFC 5280 §4.1).
fn certificate(der: &[u8]) -> Option<&[u8]> {
    let mut certificate = Reader(Reader(der).expect(der::SEQUENCE)?);
    let mut signed = Reader(certificate.expect(der::SEQUENCE)?);
    // Version, where it isn't the first; then serial number, signature, issuer, validity, subject.
    let (tag, ..) = signed.any()?;
    let before_key = if tag == 0xa0 { 5 } else { 4 };
    for _ in 0..before_key {
        signed.any()?;
    }
    let (tag, _, whole) = signed.any()?;
    (tag == der::SEQUENCE).then_some(whole)
}
