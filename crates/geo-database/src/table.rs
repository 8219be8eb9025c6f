use crate::{Bytes, Country, Error, crc::crc32, part::Part, reader::Reader};
use http_fields::ipv4_inside;
use std::{net::IpAddr, ops::Range};

/// A compact table: the country of every address, IPv4 to the address and IPv6 to the /64.
///
/// The file, integers in little endian:
///
/// | bytes | what |
/// |---|---|
/// | 7 | `GEOTABL` |
/// | 1 | the version, 2 |
/// | 4 | CRC-32 of all that follows |
/// | 8 | when the data was made, in seconds since the Unix epoch |
/// | 2 + n | the length of the notice, and the notice: source and licence of the data, UTF-8 |
/// | 1 + 2n | the number of countries, and their alpha-2 codes |
/// | n | the IPv4 part, see `src/part.rs` |
/// | n | the IPv6 part |
///
/// Looking up an address is a binary search in a part's index and a walk along at most 32 ranges; nothing is ever unpacked, and
/// nothing but the file is kept in memory. [`Table::open`] checks all of it, once; what was checked before, by another worker, is
/// opened by [`Table::reopen`] without reading it again.
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
    /// The version of the format.
    pub(crate) const VERSION: u8 = 2;

    /// Checks all of `bytes`, and opens them.
    ///
    /// # Errors
    /// [`Error`] for anything that isn't a table from its first byte to its last.
    pub fn open(bytes: Bytes) -> Result<Self, Error> {
        let table = Self::reopen(bytes)?;
        let all = table.bytes.as_ref();
        let Some((checksum, content)) = all
            .get(Self::MAGIC.len() + 1..)
            .and_then(<[u8]>::split_first_chunk)
        else {
            return Err(Error::Truncated);
        };
        if u32::from_le_bytes(*checksum) != crc32(content) {
            return Err(Error::Checksum);
        }
        table.v4.check(all, 1 << 32, table.countries.len())?;
        table.v6.check(all, 1 << 64, table.countries.len())?;
        Ok(table)
    }

    /// Opens bytes that [`Table::open`] has found in order before. Of others, look-ups may answer anything, and do no other harm.
    ///
    /// # Errors
    /// [`Error`] where the layout is another one.
    pub fn reopen(bytes: Bytes) -> Result<Self, Error> {
        let all = bytes.as_ref();
        let mut reader = Reader::new(all);
        if reader.take(Self::MAGIC.len())? != Self::MAGIC {
            return Err(Error::UnknownFormat);
        }
        match reader.array::<1>()? {
            [Self::VERSION] => {}
            [version] => return Err(Error::UnknownVersion(version)),
        }
        let _checksum: [u8; 4] = reader.array()?;
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
        let v4 = Part::read(&mut reader)?;
        let v6 = Part::read(&mut reader)?;
        if !reader.is_at_end() {
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
            IpAddr::V6(v6) => match ipv4_inside(v6) {
                Some(v4) => (&self.v4, u64::from(v4.to_bits())),
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
        let all = self.bytes.as_ref();
        (self.v4.ranges(all), self.v6.ranges(all))
    }

    /// The countries that occur.
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// The memory it takes, in bytes: the file's, index and all.
    pub fn size(&self) -> usize {
        self.bytes.as_ref().len()
    }
}
