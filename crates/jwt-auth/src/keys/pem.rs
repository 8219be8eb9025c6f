//! Keys as PEM (RFC 7468): public keys, RSA public keys (PKCS#1), certificates, whose validity nobody looks at.

use crate::keys::{curve::Curve, der, der::Reader, key::Key, key_problem::KeyProblem};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The keys of all blocks of `text`.
///
/// # Errors
/// [`KeyProblem`] of the first block that is no key to verify with; a private key is none.
pub(crate) fn keys(text: &str) -> Result<Vec<Key>, KeyProblem> {
    if text.contains("\\n") {
        return Err(KeyProblem::WrittenLineBreaks);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    // Made by `openssl genpkey` and `openssl req -x509`; nobody holds the private halves any more.
    const RSA: &str = "-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkkr34Wo1sRJqVyqvQh1o\n\
gEPhmuJz3/a1/6sWQQfjhnUVO1Iy7eL/Wy3sk13PoIK+ym7Uxy6itWsc7TzatbE4\n\
H/y2d39iATOnVBLj0gVqnmCHKpcyVbLPbb1GZ5d0VWOcP7Rue7ZgKUuKwUvzgH0n\n\
dMb0mrrFhz8BXfMBjHARns79axlr6K3VDLQByp5VXPBrWCImptTsbEiyAXNsI85C\n\
OciVjknzGFJXsF8D0S2pImVqSW7MLHfdBwLsELab8n4nN/GkfBjxHwk7KMInQDSo\n\
PLa04C4p5DdLq+spJIO6EImOH6eEzKQuWUmowmUbvkuWyhNShJhkxq/gExQAUdNl\n\
6QIDAQAB\n\
-----END PUBLIC KEY-----";
    const RSA_PKCS1: &str = "-----BEGIN RSA PUBLIC KEY-----\n\
MIIBCgKCAQEAkkr34Wo1sRJqVyqvQh1ogEPhmuJz3/a1/6sWQQfjhnUVO1Iy7eL/\n\
Wy3sk13PoIK+ym7Uxy6itWsc7TzatbE4H/y2d39iATOnVBLj0gVqnmCHKpcyVbLP\n\
bb1GZ5d0VWOcP7Rue7ZgKUuKwUvzgH0ndMb0mrrFhz8BXfMBjHARns79axlr6K3V\n\
DLQByp5VXPBrWCImptTsbEiyAXNsI85COciVjknzGFJXsF8D0S2pImVqSW7MLHfd\n\
BwLsELab8n4nN/GkfBjxHwk7KMInQDSoPLa04C4p5DdLq+spJIO6EImOH6eEzKQu\n\
WUmowmUbvkuWyhNShJhkxq/gExQAUdNl6QIDAQAB\n\
-----END RSA PUBLIC KEY-----";
    const EC: &str = "-----BEGIN PUBLIC KEY-----\n\
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE3LM9uxUrdBkhoxW8M5WXfJVQ/js1NnWh\n\
ilOKfS3dPKKYSBQiTDcVrHJoPBzVAipcUnkCqLQC62i27Pg63iu0B46s/DVXnOKA\n\
PTqC1PojvEbLxqSY5YvvM57sq91SUwDM\n\
-----END PUBLIC KEY-----";
    const ED25519: &str = "-----BEGIN PUBLIC KEY-----\n\
MCowBQYDK2VwAyEAjRkroNlZHB7rkyqIdpuFWsTmNZqtdN/qY1d+VC9GxVw=\n\
-----END PUBLIC KEY-----";
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
MIIC/zCCAeegAwIBAgIUQ6Ms4LoWBSGDpQMZyMlJaxLbaQQwDQYJKoZIhvcNAQEL\n\
BQAwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjAyMzAwMDlaFw0zNjExMTcyMzAw\n\
MDlaMA8xDTALBgNVBAMMBHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK\n\
AoIBAQCSSvfhajWxEmpXKq9CHWiAQ+Ga4nPf9rX/qxZBB+OGdRU7UjLt4v9bLeyT\n\
Xc+ggr7KbtTHLqK1axztPNq1sTgf/LZ3f2IBM6dUEuPSBWqeYIcqlzJVss9tvUZn\n\
l3RVY5w/tG57tmApS4rBS/OAfSd0xvSausWHPwFd8wGMcBGezv1rGWvordUMtAHK\n\
nlVc8GtYIiam1OxsSLIBc2wjzkI5yJWOSfMYUlewXwPRLakiZWpJbswsd90HAuwQ\n\
tpvyfic38aR8GPEfCTsowidANKg8trTgLinkN0ur6ykkg7oQiY4fp4TMpC5ZSajC\n\
ZRu+S5bKE1KEmGTGr+ATFABR02XpAgMBAAGjUzBRMB0GA1UdDgQWBBSn7Bt648ms\n\
vFhlQ/PrB5I1MuS8JTAfBgNVHSMEGDAWgBSn7Bt648msvFhlQ/PrB5I1MuS8JTAP\n\
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQBP+dT6/ybRo9sPvQI7\n\
f64aHdhjAMezdzfl8yvIp+KSezdm0l1YpQtqMUoTjNreZnKUrK3uMm6a4DzAYDKe\n\
8MDklW/xFqDXWmLApkBgjZ8rK4xzbbCjRlzzidGa44/CIeBTmiyWPVF2bzsVladT\n\
AzmrvUrAaMSYHg8EiAX7y8N+wQH2b5b+PuMlUfQl4O0BYXmFI6Ud8w6X7MFk3/GN\n\
I8e9ql90FUdoxPSVrNsomQNCg6kRe3CFzxlOq5IgrcY/q8SV8l6I+RpUe9RD/cZE\n\
lg+bCeMmVs9dAm3GMR43a4mcOgbGet7ZnMvaNSUQg1/D/iU/j3+Wq5kFbYDvwoqr\n\
vX86\n\
-----END CERTIFICATE-----";
    const SMALL: &str = "-----BEGIN PUBLIC KEY-----\n\
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDE+aQucBQ1Ecbrlg/VweCT3z3W\n\
9tpN7nOoozWXQg0XcKD5vff0s9JF+nZ3Vdp6ETcq+eD8tR6QgBmnjgt601db8kWq\n\
wAl5tZRtxs0IHebAlNfs0z1JdjtCSmWZTTqVoWOZhttB9gkj5XUES8DlxwrhFpsW\n\
R0Akv+P5mrwUZxatlQIDAQAB\n\
-----END PUBLIC KEY-----";
    const SECP256K1: &str = "-----BEGIN PUBLIC KEY-----\n\
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE8VJyZXZ9csxVXnJ0PVt8vUrTa012UaQb\n\
xa/LiaJFVYbd0c0lsL1jEhyoHa4p9pGt9XLMsl8Fb4hIK8cV/ACWmg==\n\
-----END PUBLIC KEY-----";

    #[test]
    fn blocks() {
        let private = RSA.replace("PUBLIC", "PRIVATE");
        let cut = RSA.get(..200).unwrap_or_default();
        let garbled = RSA.replace("MII", "M*I");
        for (name, text, expected) in [
            ("RSA", RSA, Ok(1)),
            ("RSA, PKCS #1", RSA_PKCS1, Ok(1)),
            ("EC", EC, Ok(1)),
            ("Ed25519", ED25519, Ok(1)),
            ("certificate", CERTIFICATE, Ok(1)),
            (
                "several, with text between",
                &[RSA, "\nand\n", EC].concat(),
                Ok(2),
            ),
            ("private", &private, Err(KeyProblem::Unknown)),
            ("cut off", cut, Err(KeyProblem::Form)),
            ("no base64", &garbled, Err(KeyProblem::Form)),
            ("1024 bits", SMALL, Err(KeyProblem::Weak)),
            ("another curve", SECP256K1, Err(KeyProblem::Unknown)),
            ("nothing", "", Err(KeyProblem::Form)),
            (
                "line breaks written out",
                &RSA.replace('\n', "\\n"),
                Err(KeyProblem::WrittenLineBreaks),
            ),
        ] {
            assert_eq!(keys(text).map(|keys| keys.len()), expected, "{name}");
        }
    }

    #[test]
    fn the_forms_of_one_key_are_one_key() {
        let info = |text: &str| keys(text).unwrap().remove(0).public_key_info().to_vec();
        assert_eq!(info(RSA), info(RSA_PKCS1));
        assert_eq!(info(RSA), info(CERTIFICATE));
        let body: String = RSA.lines().filter(|line| !line.starts_with('-')).collect();
        assert_eq!(
            info(RSA),
            STANDARD.decode(body).unwrap(),
            "written as it was read"
        );
    }
}
