use crate::Error;
use std::ops::Range;

/// Reads a file from its front.
pub(crate) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    /// Where the next `length` bytes are.
    pub(crate) fn range(&mut self, length: usize) -> Result<Range<usize>, Error> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.all.len());
        let range = self.at..end.ok_or(Error::Truncated)?;
        self.at = range.end;
        Ok(range)
    }

    /// The next `length` bytes.
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let range = self.range(length)?;
        self.all.get(range).ok_or(Error::Truncated)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.take(N)?.try_into().map_err(|_| Error::Truncated)
    }

    /// Where so many elements of `size` bytes are, whose number comes first.
    pub(crate) fn counted(&mut self, size: usize) -> Result<Range<usize>, Error> {
        let count = u32::from_le_bytes(self.array()?) as usize;
        self.range(count.checked_mul(size).ok_or(Error::Truncated)?)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.all.len()
    }
}
