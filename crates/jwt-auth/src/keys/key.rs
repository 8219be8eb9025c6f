use crate::{
    Algorithm, PROVIDER,
    counter::Counter,
    keys::{curve::Curve, der, key_problem::KeyProblem},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_filter::Host;
use jsonwebtoken::{Algorithm as Registered, AlgorithmFamily, DecodingKey, signature::Verifier};
use serde_json::{Map, Value};
use std::cell::RefCell;

/// A public key or a shared secret, prepared to verify.
pub struct Key {
    /// The key's id, where it has one.
    pub id: Option<String>,
    /// The one algorithm that the key is for, where it says so.
    algorithm: Option<Algorithm>,
    curve: Option<Curve>,
    key: DecodingKey,
    /// The key as the host reads it: SubjectPublicKeyInfo in DER. Empty where the host can't.
    public_key_info: Vec<u8>,
    /// Length of a secret, in bytes.
    secret_length: usize,
    /// Verifiers made so far: of an RSA key that names no algorithm, up to six.
    verifiers: RefCell<Vec<(Algorithm, Prepared)>>,
}

type Prepared = std::rc::Rc<dyn Verifier<Vec<u8>>>;

impl Key {
    /// Prepares a JSON Web Key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
    ///
    /// # Errors
    /// [`KeyProblem`] for a key that must not or can't verify signatures.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, KeyProblem> {
        for_verification(jwk)?;
        let algorithm = match optional_text(jwk, "alg")? {
            // A name that RFC 7518 doesn't know: ES521 and the like. Not ours to guess.
            Some(name) => Some(name.parse().map_err(|_| KeyProblem::Unknown)?),
            None => None,
        };
        let mut key = match text(jwk, "kty")? {
            "RSA" => Self::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?,
            "EC" => {
                let curve = Curve::named(text(jwk, "crv")?).ok_or(KeyProblem::Unknown)?;
                Self::ec(curve, &bytes(jwk, "x")?, &bytes(jwk, "y")?)?
            }
            "OKP" if text(jwk, "crv")? == "Ed25519" => Self::ed25519(&bytes(jwk, "x")?)?,
            "oct" => Self::secret(&bytes(jwk, "k")?),
            _ => return Err(KeyProblem::Unknown),
        };
        key.id = optional_text(jwk, "kid")?.map(str::to_owned);
        key.only_for(algorithm)
    }

    /// An RSA key of 2,048 to 8,192 bits, with an odd exponent from 3 to 33 bits.
    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyProblem> {
        let (modulus, exponent) = (der::without_zeros(modulus), der::without_zeros(exponent));
        let bits = modulus
            .first()
            .map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
        let odd = modulus.last().is_some_and(|last| last & 1 == 1)
            && exponent.last().is_some_and(|last| last & 1 == 1);
        // ROCA and other weak generators can't be told by size; an exponent of 1 signs everything.
        if !(2048..=8192).contains(&bits) || !odd || exponent.len() > 4 || exponent == [1] {
            return Err(KeyProblem::Weak);
        }
        let numbers = der::element(
            der::SEQUENCE,
            &[&der::unsigned(modulus), &der::unsigned(exponent)],
        );
        let mut key = Self::new(DecodingKey::from_rsa_raw_components(modulus, exponent));
        key.public_key_info = der::public_key_info(der::RSA_ENCRYPTION, &[0x05, 0x00], &numbers);
        key.checked(Algorithm::Registered(Registered::RS256))
    }

    /// A point of a NIST curve.
    pub(crate) fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyProblem> {
        let expected = curve.size();
        if let Some(found) = [x.len(), y.len()].into_iter().find(|found| *found != expected) {
            return Err(KeyProblem::Coordinate { found, expected });
        }
        let point = [&[4], x, y].concat();
        let mut key = Self::new(DecodingKey::from_ec_der(&point));
        key.public_key_info = der::public_key_info(
            der::EC_PUBLIC_KEY,
            &der::element(der::OBJECT_IDENTIFIER, &[curve.identifier()]),
            &point,
        );
        key.curve = Some(curve);
        key.checked(curve.algorithm())
    }

    /// A key of Ed25519: 32 bytes, none of the small-order points.
    pub(crate) fn ed25519(key: &[u8]) -> Result<Self, KeyProblem> {
        let mut known = Self::new(DecodingKey::from_ed_der(key));
        known.public_key_info = der::public_key_info(der::ED25519, &[], key);
        known.checked(Algorithm::Registered(Registered::EdDSA))
    }

    fn secret(secret: &[u8]) -> Self {
        let mut key = Self::new(DecodingKey::from_secret(secret));
        key.secret_length = secret.len();
        key
    }

    fn new(key: DecodingKey) -> Self {
        Self {
            id: None,
            algorithm: None,
            curve: None,
            key,
            public_key_info: Vec::new(),
            secret_length: 0,
            verifiers: RefCell::default(),
        }
    }

    /// The key, if a verifier can be made of it.
    fn checked(self, algorithm: Algorithm) -> Result<Self, KeyProblem> {
        match self.verifier(algorithm) {
            Some(_) => Ok(self),
            None => Err(KeyProblem::Weak),
        }
    }

    /// The key, bound to the algorithm that it names; a secret must be as long as that algorithm's hash
    /// (RFC 7518 §3.2), or as the shortest of all.
    fn only_for(mut self, algorithm: Option<Algorithm>) -> Result<Self, KeyProblem> {
        self.algorithm = algorithm;
        let usable = match algorithm {
            Some(algorithm) if !self.fits(algorithm) => return Err(KeyProblem::Algorithm),
            Some(algorithm) => self.is_long_enough(algorithm),
            None => self.is_long_enough(Algorithm::Registered(Registered::HS256)),
        };
        if usable { Ok(self) } else { Err(KeyProblem::Weak) }
    }

    /// The key as SubjectPublicKeyInfo.
    #[cfg(test)]
    pub(crate) fn public_key_info(&self) -> &[u8] {
        &self.public_key_info
    }

    /// Whether tokens of this algorithm may be verified by this key.
    pub fn is_for(&self, algorithm: Algorithm) -> bool {
        self.algorithm.is_none_or(|own| own == algorithm)
            && self.fits(algorithm)
            && self.is_long_enough(algorithm)
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        self.key.family() == algorithm.family()
            && self.curve.is_none_or(|curve| curve.algorithm() == algorithm)
    }

    fn is_long_enough(&self, algorithm: Algorithm) -> bool {
        self.key.family() != AlgorithmFamily::Hmac
            || self.secret_length
                >= match algorithm.hash() {
                    http_filter::Hash::Sha256 => 32,
                    http_filter::Hash::Sha384 => 48,
                    http_filter::Hash::Sha512 => 64,
                }
    }

    /// Whether this key made `signature` of `message`: in the proxy's own code where it offers that, else in pure Rust.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &Vec<u8>, host: &dyn Host) -> bool {
        if !self.is_for(algorithm) {
            return false;
        }
        if let Some(verified) = self.verify_by_host(algorithm, message, signature, host) {
            Counter::VerifiedByHost.count(host);
            return verified;
        }
        Counter::VerifiedInWasm.count(host);
        self.verifier(algorithm)
            .is_some_and(|verifier| verifier.verify(message, signature).is_ok())
    }

    fn verify_by_host(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
        host: &dyn Host,
    ) -> Option<bool> {
        if let Some(scheme) = algorithm.scheme() {
            return host.verify_by(scheme, &self.public_key_info, signature, message);
        }
        if !algorithm.host_verifies() {
            return None;
        }
        match self.curve {
            // As long as the curve wants: a host would take r and s of any length.
            Some(curve) if signature.len() != 2 * curve.size() => Some(false),
            Some(_) => {
                let signature = der::ecdsa_signature(signature);
                host.verify_signature(algorithm.hash(), &self.public_key_info, &signature, message)
            }
            None => host.verify_signature(algorithm.hash(), &self.public_key_info, signature, message),
        }
    }

    fn verifier(&self, algorithm: Algorithm) -> Option<Prepared> {
        let mut verifiers = self.verifiers.borrow_mut();
        if let Some((_, known)) = verifiers.iter().find(|(known, _)| *known == algorithm) {
            return Some(known.clone());
        }
        let prepared: Prepared = match algorithm {
            Algorithm::Registered(algorithm) => {
                let verifier: Box<dyn Verifier<Vec<u8>>> =
                    (PROVIDER.verifier_factory)(&algorithm, &self.key).ok()?;
                verifier.into()
            }
            Algorithm::Es512 => jwt_crypto::es512(&self.key).ok()?.into(),
        };
        verifiers.push((algorithm, prepared.clone()));
        Some(prepared)
    }
}

/// Whether `use` and `key_ops`, where they are there, allow verifying (RFC 7517 §4.2, §4.3).
fn for_verification(jwk: &Map<String, Value>) -> Result<(), KeyProblem> {
    match optional_text(jwk, "use")? {
        None | Some("sig") => {}
        Some(_) => return Err(KeyProblem::Use),
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.iter().any(|operation| operation == "verify") => Ok(()),
        Some(_) => Err(KeyProblem::Use),
    }
}

fn optional_text<'a>(jwk: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, KeyProblem> {
    match jwk.get(name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(KeyProblem::NotText(name)),
    }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, KeyProblem> {
    optional_text(jwk, name)?.ok_or(KeyProblem::Missing(name))
}

fn bytes(jwk: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, KeyProblem> {
    let text = text(jwk, name)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| {
        if text.contains(['+', '/', '=']) {
            KeyProblem::PlainBase64(name)
        } else {
            KeyProblem::NotBase64Url(name)
        }
    })
}
