use http_filter::{Hash, Scheme};
use jsonwebtoken::{Algorithm as Registered, AlgorithmFamily};
use std::str::FromStr;

/// A signature algorithm of RFC 7518 §3.1, 8037 or 9864: those that jsonwebtoken names, and ES512, which it doesn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// One of jsonwebtoken's. `EdDSA` stands for `Ed25519` (RFC 9864) too: there is no other Edwards curve here.
    Registered(jsonwebtoken::Algorithm),
    /// ECDSA by P-521 and SHA-512.
    Es512,
}

impl Algorithm {
    /// The asymmetric algorithms: what a provider allows unless it names others.
    pub const ASYMMETRIC: &'static [Self] = &[
        Self::Registered(Registered::RS256),
        Self::Registered(Registered::RS384),
        Self::Registered(Registered::RS512),
        Self::Registered(Registered::PS256),
        Self::Registered(Registered::PS384),
        Self::Registered(Registered::PS512),
        Self::Registered(Registered::ES256),
        Self::Registered(Registered::ES384),
        Self::Es512,
        Self::Registered(Registered::EdDSA),
    ];

    /// The family, and with it the type of key.
    pub fn family(self) -> AlgorithmFamily {
        match self {
            Self::Registered(algorithm) => algorithm.family(),
            Self::Es512 => AlgorithmFamily::Ec,
        }
    }

    /// The hash function; for EdDSA the one inside it.
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::Registered(
                Registered::RS256 | Registered::PS256 | Registered::ES256 | Registered::HS256,
            ) => Hash::Sha256,
            Self::Registered(
                Registered::RS384 | Registered::PS384 | Registered::ES384 | Registered::HS384,
            ) => Hash::Sha384,
            Self::Registered(_) | Self::Es512 => Hash::Sha512,
        }
    }

    /// The scheme by which a host verifies it that knows more than RSASSA-PKCS1-v1_5 and ECDSA.
    pub(crate) fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Registered(Registered::PS256 | Registered::PS384 | Registered::PS512) => {
                Some(Scheme::RsaPss(self.hash()))
            }
            Self::Registered(Registered::EdDSA) => Some(Scheme::Ed25519),
            _ => None,
        }
    }

    /// Whether a proxy may know it: RSASSA-PKCS1-v1_5 and ECDSA.
    pub(crate) fn host_verifies(self) -> bool {
        matches!(
            self,
            Self::Registered(
                Registered::RS256
                    | Registered::RS384
                    | Registered::RS512
                    | Registered::ES256
                    | Registered::ES384
            ) | Self::Es512
        )
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        match name {
            "ES512" => Ok(Self::Es512),
            "Ed25519" => Ok(Self::Registered(Registered::EdDSA)),
            _ => name.parse().map(Self::Registered).map_err(|_| UnknownAlgorithm),
        }
    }
}

/// The name is none of an algorithm that is verified here; `none` is no algorithm either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no known signature algorithm")]
pub struct UnknownAlgorithm;
