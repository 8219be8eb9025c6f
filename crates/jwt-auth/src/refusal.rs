use crate::{challenge_error::ChallengeError, counter::Counter};
use std::borrow::Cow;

/// Why a request is not let through. Each has a stable slug, which is also its counter and its problem type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no token where one is looked for.
    #[error("A token is required")]
    Missing,
    /// There is more than one token: whose it is can't be told (RFC 6750 §2).
    #[error("More than one token")]
    Repeated,
    /// The path may be read in several ways, so no rule can be trusted to be the right one.
    #[error("The path is ambiguous")]
    AmbiguousPath,
    /// No compact JWS with a JSON object for a header.
    #[error("The token is malformed")]
    Malformed,
    /// The payload is no JSON object, or one that names a member twice; or a time in it is no number (RFC 7519 §7.2).
    #[error("The token's claims are malformed")]
    Claims,
    /// Longer than configured.
    #[error("The token is too large")]
    TooLarge,
    /// An algorithm that is unknown or that the provider does not allow.
    #[error("The token's algorithm is not accepted")]
    Algorithm,
    /// The header has `crit` or `b64` (RFC 7515 §4.1.11, RFC 7797).
    #[error("The token has a critical extension")]
    Critical,
    /// Another `typ` than the provider wants (RFC 8725 §3.11).
    #[error("The token is of another type")]
    Type,
    /// No key of the provider has the token's key id and algorithm.
    #[error("The token's key is unknown")]
    KeyUnknown,
    /// No candidate key made the signature.
    #[error("The token's signature is invalid")]
    Signature,
    /// `iss` is another one.
    #[error("The token's issuer is not accepted")]
    Issuer,
    /// `aud` names nobody here.
    #[error("The token is for another audience")]
    Audience,
    /// `exp` has passed, or `iat` is longer ago than the largest age.
    #[error("The token has expired")]
    Expired,
    /// `nbf` or `iat` lies ahead.
    #[error("The token is not valid yet")]
    NotYetValid,
    /// `exp` lies further ahead than tokens may live.
    #[error("The token lives too long")]
    Lifetime,
    /// A claim that must be there is missing, or is of the wrong type or value.
    #[error("A claim is missing or not accepted")]
    Claim,
    /// The token, its subject or its key is on the deny list.
    #[error("The token is revoked")]
    Revoked,
    /// The rule wants scopes that the token hasn't.
    #[error("The token's scope does not suffice")]
    Scope,
    /// The rule wants a claim that the token hasn't.
    #[error("The token's claims do not suffice")]
    RuleClaim,
    /// The token is bound to a client certificate, and this is not it (RFC 8705 §3).
    #[error("The token is bound to another certificate")]
    Certificate,
    /// The token is bound to a key, and the proof of it is missing or wrong (RFC 9449 §4.3).
    #[error("The DPoP proof is missing or invalid")]
    Proof,
    /// The proof has been used before (RFC 9449 §11.1).
    #[error("The DPoP proof has been used before")]
    ProofReplayed,
    /// The proof holds no nonce of ours, or one that has ended (RFC 9449 §9).
    #[error("The DPoP proof needs a nonce")]
    ProofNonce,
    /// The client has sent too many tokens or proofs that failed, and more are not verified for a while (RFC 6585 §4).
    #[error("Too many tokens of this client have failed")]
    TooManyFailures,
    /// Nobody may come here.
    #[error("Nobody is allowed here")]
    Nobody,
    /// The provider's keys, or the deny list, can't be had.
    #[error("Tokens can't be verified at the moment")]
    KeysUnavailable,
}

impl Refusal {
    /// The slug: problem type and details of the reply.
    pub fn details(&self) -> &'static str {
        self.counter().name()
    }

    /// The counter of such refusals.
    pub(crate) fn counter(&self) -> Counter {
        match self {
            Self::Missing => Counter::TokenMissing,
            Self::Repeated => Counter::TokenRepeated,
            Self::AmbiguousPath => Counter::PathAmbiguous,
            Self::Malformed => Counter::TokenMalformed,
            Self::Claims => Counter::ClaimsMalformed,
            Self::TooLarge => Counter::TokenTooLarge,
            Self::Algorithm => Counter::AlgorithmRefused,
            Self::Critical => Counter::CriticalHeader,
            Self::Type => Counter::TypeRefused,
            Self::KeyUnknown => Counter::KeyUnknown,
            Self::Signature => Counter::SignatureInvalid,
            Self::Issuer => Counter::IssuerRefused,
            Self::Audience => Counter::AudienceRefused,
            Self::Expired => Counter::TokenExpired,
            Self::NotYetValid => Counter::TokenNotYetValid,
            Self::Lifetime => Counter::LifetimeRefused,
            Self::Claim => Counter::ClaimRefused,
            Self::Revoked => Counter::TokenRevoked,
            Self::Scope => Counter::ScopeInsufficient,
            Self::RuleClaim => Counter::ClaimInsufficient,
            Self::Certificate => Counter::CertificateMismatch,
            Self::Proof => Counter::DpopProofInvalid,
            Self::ProofReplayed => Counter::DpopProofReplayed,
            Self::ProofNonce => Counter::DpopNonceNeeded,
            Self::TooManyFailures => Counter::TooManyFailures,
            Self::Nobody => Counter::NobodyAllowed,
            Self::KeysUnavailable => Counter::KeysUnavailable,
        }
    }

    /// The HTTP status: RFC 6750 §3.1, and 503 where it is not the client's fault.
    pub fn status(&self) -> u16 {
        match self {
            Self::Repeated | Self::AmbiguousPath => 400,
            Self::Scope | Self::RuleClaim | Self::Nobody => 403,
            Self::TooManyFailures => 429,
            Self::KeysUnavailable => 503,
            _ => 401,
        }
    }

    /// The error code of the challenge; none where nothing was presented (RFC 6750 §3.1), or where no other token
    /// would help.
    pub(crate) fn challenge_error(&self) -> Option<ChallengeError> {
        match self {
            Self::Missing
            | Self::AmbiguousPath
            | Self::Nobody
            | Self::TooManyFailures
            | Self::KeysUnavailable => None,
            Self::Repeated => Some(ChallengeError::InvalidRequest),
            Self::Scope | Self::RuleClaim => Some(ChallengeError::InsufficientScope),
            Self::Proof | Self::ProofReplayed => Some(ChallengeError::InvalidDpopProof),
            Self::ProofNonce => Some(ChallengeError::UseDpopNonce),
            _ => Some(ChallengeError::InvalidToken),
        }
    }

    /// Whether the reply has a challenge at all: only where credentials could change it.
    pub(crate) fn has_challenge(&self) -> bool {
        !matches!(
            self,
            Self::AmbiguousPath | Self::Nobody | Self::TooManyFailures | Self::KeysUnavailable
        )
    }

    /// How much it says of what is wrong: of several providers' refusals the client is told the one that says most.
    pub(crate) fn weight(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Issuer => 1,
            Self::KeyUnknown | Self::Algorithm | Self::Type => 2,
            Self::Signature => 3,
            Self::TooManyFailures | Self::KeysUnavailable => 5,
            Self::Repeated => 6,
            _ => 4,
        }
    }

    /// The sentence for people; it holds nothing of the token.
    pub(crate) fn title(&self) -> Cow<'static, str> {
        Cow::Owned(self.to_string())
    }
}
