//! The errors that challenges name.

/// The `error` of a challenge (RFC 6750 §3.1, RFC 9449 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChallengeError {
    InvalidRequest,
    InvalidToken,
    InsufficientScope,
    InvalidDpopProof,
    UseDpopNonce,
}

impl ChallengeError {
    /// Whether another proof would do: then the scheme is DPoP, and no other is offered.
    pub(crate) fn is_of_proofs(self) -> bool {
        matches!(self, Self::InvalidDpopProof | Self::UseDpopNonce)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }
}
