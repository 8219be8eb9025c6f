//! Why responses stay plain.

use crate::counter::Counter;

/// Why a plain response that would be worth it isn't encoded here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skip {
    /// The filter only negotiates, and nobody behind it encoded.
    Upstream,
    /// The client, or the configuration, wants it plain.
    Identity,
    /// The status has no body, or isn't listed.
    Status,
    /// It is a part (RFC 9110 §14.4).
    Range,
    /// It is shorter than is worth it.
    TooSmall,
    /// It is coded for the transfer already.
    TransferCoded,
    /// It says, or the request asked for it, that trailers follow, or they may.
    Trailers,
    /// The encoders' memory is used up.
    Memory,
    /// The encoder can't be made.
    Encoder,
}

impl Skip {
    pub(crate) const fn counter(self) -> Counter {
        match self {
            Self::Upstream => Counter::SkippedUpstreamPlain,
            Self::Identity => Counter::SkippedIdentity,
            Self::Status => Counter::SkippedStatus,
            Self::Range => Counter::SkippedRange,
            Self::TooSmall => Counter::SkippedTooSmall,
            Self::TransferCoded => Counter::SkippedTransferCoded,
            Self::Trailers => Counter::SkippedTrailers,
            Self::Memory => Counter::SkippedMemory,
            Self::Encoder => Counter::SkippedEncoder,
        }
    }

    /// Whether another request for the same could have been answered with an encoded response.
    pub(crate) const fn varies(self) -> bool {
        !matches!(self, Self::Status | Self::TooSmall | Self::TransferCoded)
    }
}
