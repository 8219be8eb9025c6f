use crate::{Bytes, Country, Error, crc::crc32, length::Length};
use std::{net::IpAddr, ops::Range};

/// A compact table: the country of every address, IPv4 to the address and IPv6 to the /64.
///
/// The file, integers in little endian:
///
/// | bytes | what |
/// |---|---|
/// | 7 | `GEOTABL` |
/// | 1 | the version, 1 |
/// | 4 | CRC-32 of all that follows |
/// | 8 | when the data was made, in seconds since the Unix epoch |
/// | 2 + n | the length of the notice, and the notice: source and licence of the data, UTF-8 |
/// | 1 + 2n | the number of countries, and their alpha-2 codes |
/// | 4 + n | the length of the IPv4 part, and the part |
/// | 4 + n | the length of the IPv6 part, and the part |
///
/// A part is a sequence of ranges that together are the whole address space, in order and without a gap: the length of
/// the range (`src/length.rs`: a power of two in one byte, times an odd factor in few more), then a byte that says whose it is: 0 for nobody's, n for the n-th country.
///
/// All of it is checked once, in [`Table::open`], which also builds an index with the start of every 32nd range. Looking up an
/// address is then a binary search in the index and a walk along at most 32 ranges; nothing is ever unpacked.
pub struct Table {
    bytes: Bytes,
    made: u64,
    notice: Range<usize>,
    countries: Vec<Country>,
    v4: Part,
    v6: Part,
}

impl Table {
    /// The bytes that every table begins with.
    pub const MAGIC: &'static [u8] = b"GEOTABL";

    /// Checks all of `bytes`, so that no look-up can go wrong.
    ///
    /// # Errors
    /// [`Error`] for anything that isn't a table from its first byte to its last.
    pub fn open(bytes: Bytes) -> Result<Self, Error> {
        let all = bytes.as_ref();
        let mut reader = Reader { all, at: 0 };
        if reader.take(Self::MAGIC.len())? != Self::MAGIC {
            return Err(Error::UnknownFormat);
        }
        match reader.array::<1>()? {
            [1] => {}
            [version] => return Err(Error::UnknownVersion(version)),
        }
        let checksum = u32::from_le_bytes(reader.array()?);
        if checksum != crc32(all.get(reader.at..).unwrap_or_default()) {
            return Err(Error::Checksum);
        }
        let made = u64::from_le_bytes(reader.array()?);
        let notice_length = u16::from_le_bytes(reader.array()?);
        let notice = reader.range(usize::from(notice_length))?;
        if std::str::from_utf8(all.get(notice.clone()).unwrap_or_default()).is_err() {
            return Err(Error::Inconsistent("the notice is no text"));
        }
        let [count] = reader.array()?;
        let codes = reader.take(usize::from(count) * 2)?;
        let countries = codes
            .chunks(2)
            .map(|code| Country::parse(code).ok_or(Error::Inconsistent("a code is no country's")))
            .collect::<Result<Vec<_>, _>>()?;
        let v4 = reader.part(1 << 32, countries.len())?;
        let v6 = reader.part(1 << 64, countries.len())?;
        if reader.at != all.len() {
            return Err(Error::Inconsistent("something follows the end"));
        }
        Ok(Self {
            made,
            notice,
            countries,
            v4,
            v6,
            bytes,
        })
    }

    /// The country that `address` belongs to. An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64 with the
    /// well-known prefix) is looked up as what it is.
    pub fn country(&self, address: IpAddr) -> Option<Country> {
        let (part, key) = match address {
            IpAddr::V4(v4) => (&self.v4, u64::from(v4.to_bits())),
            IpAddr::V6(v6) => match embedded_v4(v6.to_bits()) {
                Some(v4) => (&self.v4, u64::from(v4)),
                None => (&self.v6, (v6.to_bits() >> 64) as u64),
            },
        };
        let owner = part.owner(self.bytes.as_ref(), key)?;
        self.countries.get(usize::from(owner).checked_sub(1)?).copied()
    }

    /// When the data was made, in seconds since the Unix epoch.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// Source and licence of the data.
    pub fn notice(&self) -> &str {
        let bytes = self.bytes.as_ref().get(self.notice.clone()).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The number of ranges: of IPv4, of IPv6.
    pub fn ranges(&self) -> (usize, usize) {
        (self.v4.ranges, self.v6.ranges)
    }

    /// The countries that occur.
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// The memory it takes, in bytes: the file's bytes and the index.
    pub fn size(&self) -> usize {
        self.bytes.as_ref().len() + (self.v4.starts.len() + self.v6.starts.len()) * 12
    }
}

/// One half of the table, with its index.
struct Part {
    end: usize,
    ranges: usize,
    /// The first address of every [`STEP`]th range, and where that range stands.
    starts: Vec<u64>,
    offsets: Vec<u32>,
}

impl Part {
    /// Whose `key` is.
    fn owner(&self, bytes: &[u8], key: u64) -> Option<u8> {
        let slot = self
            .starts
            .partition_point(|start| *start <= key)
            .checked_sub(1)?;
        let mut start = *self.starts.get(slot)?;
        let mut rest = bytes.get(*self.offsets.get(slot)? as usize..self.end)?;
        for _ in 0..STEP {
            let (length, after) = Length::read(rest)?;
            let (owner, after) = after.split_first()?;
            // The last range ends where the numbers do.
            match start.checked_add(length) {
                Some(next) if next <= key => start = next,
                _ => return Some(*owner),
            }
            rest = after;
        }
        None
    }
}

/// How many ranges there are from one entry of the index to the next.
const STEP: usize = 32;

struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn range(&mut self, length: usize) -> Result<Range<usize>, Error> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.all.len());
        let range = self.at..end.ok_or(Error::Truncated)?;
        self.at = range.end;
        Ok(range)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let range = self.range(length)?;
        self.all.get(range).ok_or(Error::Truncated)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.take(N)?.try_into().map_err(|_| Error::Truncated)
    }

    /// Reads a part and checks that it covers exactly `space` addresses.
    fn part(&mut self, space: u128, countries: usize) -> Result<Part, Error> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        let Range { start, end } = self.range(length)?;
        let mut part = Part {
            end,
            ranges: 0,
            starts: Vec::new(),
            offsets: Vec::new(),
        };
        let (mut at, mut address) = (start, 0u128);
        while at < end {
            if part.ranges.is_multiple_of(STEP) {
                let offset = u32::try_from(at).map_err(|_| Error::Inconsistent("it's too large"))?;
                part.starts.push(address as u64);
                part.offsets.push(offset);
            }
            let rest = self.all.get(at..end).ok_or(Error::Truncated)?;
            let (length, after) = Length::read(rest).ok_or(Error::Inconsistent("a range has no length"))?;
            let (owner, after) = after
                .split_first()
                .ok_or(Error::Inconsistent("a range has no owner"))?;
            if usize::from(*owner) > countries {
                return Err(Error::Inconsistent(
                    "a range belongs to a country that isn't listed",
                ));
            }
            address += u128::from(length);
            if address > space {
                return Err(Error::Inconsistent("the ranges are more than the address space"));
            }
            part.ranges += 1;
            at = end - after.len();
        }
        if address != space {
            return Err(Error::Inconsistent("the ranges are less than the address space"));
        }
        Ok(part)
    }
}

/// The IPv4 address inside an IPv6 one: mapped (RFC 4291 §2.5.5.2), 6to4 (RFC 3056), NAT64 (RFC 6052 §2.1).
pub(crate) fn embedded_v4(address: u128) -> Option<u32> {
    if address >> 32 == 0xffff || address >> 32 == 0x0064_ff9b << 64 {
        Some(address as u32)
    } else if address >> 112 == 0x2002 {
        Some((address >> 80) as u32)
    } else {
        None
    }
}
