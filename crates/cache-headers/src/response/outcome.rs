use http_filter::Bytes;

/// What becomes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It stays as it is.
    Kept,
    /// A guard kept the policy from it.
    Withheld,
    /// It's replaced.
    Set {
        /// The new value.
        line: Bytes,
        /// The lifetime in it.
        max_age: Option<u32>,
    },
    /// It's removed.
    Removed,
}

impl Outcome {
    /// Nobody keeps it.
    pub(crate) fn no_store() -> Self {
        Self::Set {
            line: "no-store".into(),
            max_age: None,
        }
    }
}
