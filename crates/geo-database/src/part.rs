use crate::{Error, length::Length, reader::Reader};
use std::ops::Range;

/// One half of a table: the addresses of one family.
///
/// | bytes | what |
/// |---|---|
/// | 4 + 8n | the number of blocks, and the first address of each |
/// | 4 + 4n | the number of blocks again, and where each begins in what follows |
/// | 4 + n | the length of the blocks, and the blocks |
///
/// A block is [`BLOCK`] ranges, the last one as many as there are left. All ranges together are the whole address space, in order
/// and without a gap: the length of the range (`src/length.rs`: a power of two in one byte, times an odd factor in few more), then
/// a byte that says whose it is: 0 for nobody's, n for the n-th country.
pub(crate) struct Part {
    starts: Range<usize>,
    offsets: Range<usize>,
    blocks: Range<usize>,
}

impl Part {
    /// The part at the front of what `reader` has.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let part = Self {
            starts: reader.counted(8)?,
            offsets: reader.counted(4)?,
            blocks: reader.counted(1)?,
        };
        if part.starts.len() != part.offsets.len() * 2 {
            return Err(Error::Inconsistent("the index is uneven"));
        }
        Ok(part)
    }

    /// Writes the part of these ranges, lengths and owners, which together are the address space.
    pub(crate) fn write(ranges: impl Iterator<Item = (u128, u8)>, bytes: &mut Vec<u8>) {
        let (mut starts, mut offsets, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
        let mut start = 0u128;
        for (number, (length, owner)) in ranges.enumerate() {
            if number.is_multiple_of(BLOCK) {
                starts.extend_from_slice(&(start as u64).to_le_bytes());
                offsets.extend_from_slice(&(blocks.len() as u32).to_le_bytes());
            }
            Length::write(length, &mut blocks);
            blocks.push(owner);
            start += length;
        }
        for (elements, size) in [(starts, 8), (offsets, 4), (blocks, 1)] {
            bytes.extend_from_slice(&((elements.len() / size) as u32).to_le_bytes());
            bytes.extend_from_slice(&elements);
        }
    }

    /// Whose `key` is.
    pub(crate) fn owner(&self, all: &[u8], key: u64) -> Option<u8> {
        let block = self.block_of(all, key)?;
        let mut start = self.start(all, block)?;
        let mut rest = self.rest(all, block)?;
        for _ in 0..BLOCK {
            let (length, owner, after) = range(rest)?;
            // The last range ends where the numbers do.
            match start.checked_add(length) {
                Some(next) if next <= key => start = next,
                _ => return Some(owner),
            }
            rest = after;
        }
        None
    }

    /// How many ranges there are.
    pub(crate) fn ranges(&self, all: &[u8]) -> usize {
        let Some(before) = self.count().checked_sub(1) else {
            return 0;
        };
        let mut rest = self.rest(all, before);
        let last = std::iter::from_fn(|| {
            let (.., after) = range(rest?)?;
            rest = Some(after);
            Some(())
        });
        before * BLOCK + last.count()
    }

    /// Walks along all ranges: whether they are the `space`, each somebody's or nobody's, and where the index says.
    pub(crate) fn check(&self, all: &[u8], space: u128, countries: usize) -> Result<(), Error> {
        let blocks = all.get(self.blocks.clone()).ok_or(Error::Truncated)?;
        let (mut rest, mut address, mut number) = (blocks, 0u128, 0);
        while !rest.is_empty() {
            if number % BLOCK == 0 {
                let block = number / BLOCK;
                let offset = blocks.len() - rest.len();
                if (self.start(all, block), self.offset(all, block)) != (Some(address as u64), Some(offset)) {
                    return Err(Error::Inconsistent("the index points elsewhere"));
                }
            }
            let (length, owner, after) = range(rest).ok_or(Error::Inconsistent("a range is cut off"))?;
            if usize::from(owner) > countries {
                return Err(Error::Inconsistent(
                    "a range belongs to a country that isn't listed",
                ));
            }
            address += u128::from(length);
            if address > space {
                return Err(Error::Inconsistent("the ranges are more than the address space"));
            }
            number += 1;
            rest = after;
        }
        if address != space {
            return Err(Error::Inconsistent("the ranges are less than the address space"));
        }
        if self.count() != number.div_ceil(BLOCK) {
            return Err(Error::Inconsistent("the index has another number of blocks"));
        }
        Ok(())
    }

    /// The last block that begins at `key` or before.
    fn block_of(&self, all: &[u8], key: u64) -> Option<usize> {
        let (starts, _) = all.get(self.starts.clone())?.as_chunks();
        starts
            .partition_point(|start| u64::from_le_bytes(*start) <= key)
            .checked_sub(1)
    }

    fn count(&self) -> usize {
        self.offsets.len() / 4
    }

    fn start(&self, all: &[u8], block: usize) -> Option<u64> {
        let (starts, _) = all.get(self.starts.clone())?.as_chunks();
        starts.get(block).copied().map(u64::from_le_bytes)
    }

    fn offset(&self, all: &[u8], block: usize) -> Option<usize> {
        let (offsets, _) = all.get(self.offsets.clone())?.as_chunks();
        offsets
            .get(block)
            .map(|offset| u32::from_le_bytes(*offset) as usize)
    }

    /// A block and all behind it.
    fn rest<'a>(&self, all: &'a [u8], block: usize) -> Option<&'a [u8]> {
        all.get(self.blocks.clone())?.get(self.offset(all, block)?..)
    }
}

/// The range at the front of `bytes`: its length, whose it is, and what follows it.
fn range(bytes: &[u8]) -> Option<(u64, u8, &[u8])> {
    let (length, rest) = Length::read(bytes)?;
    let (owner, rest) = rest.split_first()?;
    Some((length, *owner, rest))
}

/// How many ranges there are from one entry of the index to the next.
const BLOCK: usize = 32;
