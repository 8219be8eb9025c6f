/// In whose syntax a caching field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Cache-Control's own (RFC 9111 §5.2).
    CacheControl,
    /// A Structured Field's (RFC 9213 §2.1).
    Targeted,
    /// Surrogate-Control's.
    Surrogate,
}

impl Syntax {
    pub(crate) fn of(field: &str) -> Self {
        match field {
            "cache-control" => Self::CacheControl,
            "surrogate-control" => Self::Surrogate,
            _ => Self::Targeted,
        }
    }
}
