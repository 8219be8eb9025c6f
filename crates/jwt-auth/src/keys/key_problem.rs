/// Why a key is left out of its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// It's no JSON object that names each member once.
    #[error("it's no JSON object, or one that names a member twice")]
    NotAnObject,
    /// A member is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member is no text.
    #[error("{0} is no text")]
    NotText(&'static str),
    /// A member is in base64 with `+`, `/` or `=`.
    #[error("{0} is in plain base64, which RFC 7518 doesn't allow: base64url without padding is expected")]
    PlainBase64(&'static str),
    /// A member is no base64url.
    #[error("{0} is no base64url")]
    NotBase64Url(&'static str),
    /// A coordinate has another length than the curve wants (RFC 7518 §6.2.1.2).
    #[error("a coordinate has {found} bytes, and the curve wants {expected}")]
    Coordinate {
        /// The length of the wrong one.
        found: usize,
        /// The length that the curve wants.
        expected: usize,
    },
    /// A PEM or DER text is broken.
    #[error("the PEM is broken, or holds no key")]
    Form,
    /// A PEM has its line breaks as `\\n`, written out.
    #[error("the PEM has \\n in place of line breaks")]
    WrittenLineBreaks,
    /// The key type, curve or algorithm is unknown.
    #[error("the key type, curve or algorithm is unknown")]
    Unknown,
    /// The key's `use` or `key_ops` is not for verifying signatures.
    #[error("by its use or key_ops it is not for verifying signatures")]
    Use,
    /// The key's algorithm is not one of its type or curve.
    #[error("alg is none of its key type or curve")]
    Algorithm,
    /// The key is too small, too large or weak.
    #[error("the key is too small, too large or weak")]
    Weak,
}
