use std::rc::Rc;

/// The bytes of a database: part of the program, or in memory that its readers share.
#[derive(Clone)]
pub struct Bytes(Memory);

#[derive(Clone)]
enum Memory {
    /// Embedded at build time.
    Static(&'static [u8]),
    /// Loaded; the database is so many of the bytes.
    Shared(Rc<Vec<u8>>, usize),
}

impl Bytes {
    /// The first `length` of `bytes`, or all where there are fewer; what follows them stays in memory.
    pub fn first(bytes: Rc<Vec<u8>>, length: usize) -> Self {
        let length = length.min(bytes.len());
        Self(Memory::Shared(bytes, length))
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Memory::Static(bytes) => bytes,
            Memory::Shared(bytes, length) => bytes.get(..*length).unwrap_or(bytes),
        }
    }
}

impl From<&'static [u8]> for Bytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self(Memory::Static(bytes))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        let length = bytes.len();
        Self::first(Rc::new(bytes), length)
    }
}
