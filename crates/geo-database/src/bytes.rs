use std::rc::Rc;

/// The bytes of a database: part of the program, or in memory that its readers share.
#[derive(Clone)]
pub enum Bytes {
    /// Embedded at build time.
    Static(&'static [u8]),
    /// Loaded.
    Shared(Rc<Vec<u8>>),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

impl From<&'static [u8]> for Bytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Static(bytes)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Shared(Rc::new(bytes))
    }
}
