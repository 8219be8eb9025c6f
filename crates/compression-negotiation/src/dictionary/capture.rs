use crate::dictionary::{Dictionary, store::key};
use sha2::{Digest, Sha256};

/// A response on its way to become a dictionary.
#[derive(Debug)]
pub(crate) struct Capture {
    source: Vec<u8>,
    authority: Vec<u8>,
    bytes: Vec<u8>,
    length: Option<u64>,
    max_size: usize,
}

/// How far a [`Capture`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More is to come.
    Begun,
    /// All is there.
    Complete,
    /// It is too large, or empty: no dictionary.
    Failed,
}

impl Capture {
    pub(crate) fn new(source: Vec<u8>, authority: Vec<u8>, length: Option<u64>, max_size: usize) -> Self {
        Self {
            source,
            authority,
            bytes: Vec::new(),
            length,
            max_size,
        }
    }

    pub(crate) fn on_chunk(&mut self, chunk: &[u8], end: bool) -> Progress {
        if self.bytes.len() + chunk.len() > self.max_size {
            return Progress::Failed;
        }
        self.bytes.extend_from_slice(chunk);
        let seen = self.bytes.len() as u64;
        match self.length {
            Some(length) if seen >= length => Progress::Complete,
            // It ended before its time: what the client holds is not this.
            Some(_) if end => Progress::Failed,
            None if end && seen > 0 => Progress::Complete,
            None if end => Progress::Failed,
            _ => Progress::Begun,
        }
    }

    pub(crate) fn into_dictionary(self) -> Dictionary {
        let hash = Sha256::digest(&self.bytes).into();
        Dictionary {
            key: key(&self.authority, &hash),
            hash,
            source: Some(self.source),
            bytes: self.bytes,
        }
    }
}
