/// An encoder failed; nothing can follow what it has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the encoder failed")]
pub struct EncoderFailed;
