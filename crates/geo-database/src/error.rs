/// Why bytes are no database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither a table nor an MMDB.
    #[error("neither a compact table nor an MMDB")]
    UnknownFormat,
    /// A table of a version that this reader does not know.
    #[error("a compact table of version {0}; this reader knows version 2")]
    UnknownVersion(u8),
    /// It ends before it's complete.
    #[error("it ends too early")]
    Truncated,
    /// The checksum is that of other bytes.
    #[error("its checksum is wrong")]
    Checksum,
    /// The checksum is right, and yet what's in it contradicts itself.
    #[error("it contradicts itself: {0}")]
    Inconsistent(&'static str),
    /// The MMDB reader refuses it.
    #[error("an MMDB, but {0}")]
    Mmdb(&'static str),
}
