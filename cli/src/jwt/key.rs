use crate::command::Error;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Signer;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The algorithms that tokens are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// ECDSA with P-256 and SHA-256.
    #[value(name = "ES256")]
    Es256,
    /// Ed25519.
    #[value(name = "EdDSA")]
    EdDsa,
    /// HMAC with SHA-256.
    #[value(name = "HS256")]
    Hs256,
}

/// A key to sign with, as a private JSON Web Key (RFC 7517).
pub struct PrivateKey {
    kind: Kind,
    secret: Vec<u8>,
    kid: String,
}

impl PrivateKey {
    /// A new key, named by its thumbprint.
    ///
    /// # Errors
    /// [`Error::Content`] when the system has no randomness to give.
    pub fn generate(kind: Kind) -> Result<Self, Error> {
        let mut secret = vec![0; 32];
        getrandom::fill(&mut secret).map_err(|error| Error::Content(format!("no randomness: {error}")))?;
        let mut key = Self {
            kind,
            secret,
            kid: String::new(),
        };
        let digest = Sha256::digest(key.public()?.to_string());
        BASE64_URL_SAFE_NO_PAD
            .encode(digest)
            .get(..16)
            .unwrap_or_default()
            .clone_into(&mut key.kid);
        Ok(key)
    }

    /// Reads a private JWK, or the first private one of a set.
    ///
    /// # Errors
    /// [`Error::Content`] saying what is missing.
    pub fn parse(document: &Value) -> Result<Self, Error> {
        let listed = document["keys"].as_array().and_then(|keys| keys.first());
        let jwk = listed.unwrap_or(document);
        let text = |name: &str| jwk[name].as_str().unwrap_or_default();
        let (kind, member) = match (text("kty"), text("crv")) {
            ("EC", "P-256") => (Kind::Es256, "d"),
            ("OKP", "Ed25519") => (Kind::EdDsa, "d"),
            ("oct", _) => (Kind::Hs256, "k"),
            (kty, crv) => {
                return Err(Error::Content(format!(
                    "the key: found kty {kty:?}, crv {crv:?}; expected a private JWK: EC with P-256, OKP with Ed25519, or oct"
                )));
            }
        };
        let secret = BASE64_URL_SAFE_NO_PAD.decode(text(member)).ok().filter(|secret| {
            if kind == Kind::Hs256 {
                secret.len() >= 32
            } else {
                secret.len() == 32
            }
        });
        let Some(secret) = secret else {
            return Err(Error::Content(format!(
                "the key: {member}: expected 32 bytes in base64url, which only a private key has"
            )));
        };
        Ok(Self {
            kind,
            secret,
            kid: text("kid").to_owned(),
        })
    }

    /// The key's name; empty for none.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The name of the algorithm (RFC 7518 §3.1).
    pub fn algorithm(&self) -> &'static str {
        match self.kind {
            Kind::Es256 => "ES256",
            Kind::EdDsa => "EdDSA",
            Kind::Hs256 => "HS256",
        }
    }

    /// The public half as a JWK; of a shared secret, the secret itself: there is no other half.
    ///
    /// # Errors
    /// [`Error::Content`] when the secret is none of the curve's.
    pub fn public(&self) -> Result<Value, Error> {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let jwk = match self.kind {
            Kind::Es256 => {
                let point = self.es256()?.verifying_key().to_sec1_point(false);
                let (x, y) = point
                    .as_bytes()
                    .get(1..)
                    .unwrap_or_default()
                    .split_at_checked(32)
                    .unwrap_or_default();
                json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)})
            }
            Kind::EdDsa => {
                let public = self.ed25519()?.verifying_key();
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(public.as_bytes())})
            }
            Kind::Hs256 => json!({"kty": "oct", "k": text(&self.secret)}),
        };
        let alg = ("alg", self.algorithm());
        let kid = Some(("kid", self.kid.as_str())).filter(|(_, kid)| !kid.is_empty());
        Ok(with(jwk, std::iter::once(alg).chain(kid)))
    }

    /// The whole key as a JWK. It's a secret.
    ///
    /// # Errors
    /// As [`public`](Self::public).
    pub fn private(&self) -> Result<Value, Error> {
        let jwk = self.public()?;
        if self.is_symmetric() {
            return Ok(jwk);
        }
        let secret = BASE64_URL_SAFE_NO_PAD.encode(&self.secret);
        Ok(with(jwk, [("d", secret.as_str())]))
    }

    /// Whether its public half is a secret too.
    pub fn is_symmetric(&self) -> bool {
        self.kind == Kind::Hs256
    }

    /// Signs a message.
    ///
    /// # Errors
    /// As [`public`](Self::public).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match self.kind {
            Kind::Es256 => {
                let signature: p256::ecdsa::Signature = self.es256()?.sign(message);
                signature.to_bytes().to_vec()
            }
            Kind::EdDsa => self.ed25519()?.sign(message).to_bytes().to_vec(),
            Kind::Hs256 => {
                let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).map_err(|_| bad_key())?;
                mac.update(message);
                mac.finalize().into_bytes().to_vec()
            }
        })
    }

    fn es256(&self) -> Result<p256::ecdsa::SigningKey, Error> {
        p256::ecdsa::SigningKey::from_slice(&self.secret).map_err(|_| bad_key())
    }

    fn ed25519(&self) -> Result<ed25519_dalek::SigningKey, Error> {
        let secret = self.secret.as_slice().try_into().map_err(|_| bad_key())?;
        Ok(ed25519_dalek::SigningKey::from_bytes(secret))
    }
}

/// A JWK with further members.
fn with<'a>(mut jwk: Value, members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    if let Value::Object(object) = &mut jwk {
        object.extend(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into())),
        );
    }
    jwk
}

fn bad_key() -> Error {
    Error::Content("the key: its secret is none of its curve's".to_owned())
}
