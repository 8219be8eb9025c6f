use crate::{Country, Table, crc::crc32, part::Part};
use std::net::IpAddr;

/// Builds a [`Table`] from ranges of addresses.
///
/// ```
/// use geo_database::{Country, Table, TableBuilder};
/// let mut builder = TableBuilder::new("Example data, CC0", 1_780_000_000);
/// builder.add("192.0.2.0".parse().unwrap(), "192.0.2.255".parse().unwrap(), Country::parse(b"DE"));
/// builder.add("2001:db8::".parse().unwrap(), "2001:db8:ffff::".parse().unwrap(), Country::parse(b"FR"));
/// let table = Table::open(builder.build().into()).unwrap();
/// assert_eq!(table.country("192.0.2.77".parse().unwrap()), Country::parse(b"DE"));
/// assert_eq!(table.country("198.51.100.1".parse().unwrap()), None);
/// ```
pub struct TableBuilder {
    notice: String,
    made: u64,
    v4: Vec<Entry>,
    v6: Vec<Entry>,
    /// IPv6 ranges within one /64: too fine for the table.
    too_fine: usize,
}

/// A range of keys, its ends included, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    first: u64,
    last: u64,
    owner: Option<Country>,
}

impl TableBuilder {
    /// A table without ranges. The notice names source and licence of the data, in at most 65,535 bytes (the rest is cut
    /// off); `made` is when the data was made, in seconds since the Unix epoch.
    pub fn new(notice: impl Into<String>, made: u64) -> Self {
        Self {
            notice: notice.into(),
            made,
            v4: Vec::new(),
            v6: Vec::new(),
            too_fine: 0,
        }
    }

    /// Adds the addresses from `first` to `last`, both included, of one family; `None` says that they are nobody's. Where ranges overlap, the
    /// narrower one holds, and of equal ones the later.
    ///
    /// IPv6 is held to the /64: of ranges within one /64, the one that begins it holds.
    pub fn add(&mut self, first: IpAddr, last: IpAddr, owner: Option<Country>) {
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => self.v4.push(Entry {
                first: first.to_bits().into(),
                last: last.to_bits().into(),
                owner,
            }),
            (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
                let (first, last) = (first.to_bits(), last.to_bits());
                let begins_a_64 = first as u64 == 0;
                let (first, last) = ((first >> 64) as u64, (last >> 64) as u64);
                match (begins_a_64, first.checked_add(1).filter(|next| *next <= last)) {
                    (true, _) => self.v6.push(Entry { first, last, owner }),
                    (false, Some(first)) => self.v6.push(Entry { first, last, owner }),
                    (false, None) => self.too_fine += 1,
                }
            }
            _ => {}
        }
    }

    /// How many IPv6 ranges were dropped since they lie within one /64.
    pub fn too_fine(&self) -> usize {
        self.too_fine
    }

    /// The table's bytes. The same ranges give the same bytes.
    pub fn build(self) -> Vec<u8> {
        let v4 = flatten(self.v4);
        let v6 = flatten(self.v6);
        let mut countries: Vec<Country> = v4.iter().chain(&v6).filter_map(|entry| entry.owner).collect();
        countries.sort_unstable();
        countries.dedup();
        let mut body = Vec::new();
        body.extend_from_slice(&self.made.to_le_bytes());
        let notice = self
            .notice
            .get(..self.notice.floor_char_boundary(usize::from(u16::MAX)));
        let notice = notice.unwrap_or_default().as_bytes();
        body.extend_from_slice(&(notice.len() as u16).to_le_bytes());
        body.extend_from_slice(notice);
        body.push(countries.len() as u8);
        for country in &countries {
            body.extend_from_slice(country.code().as_bytes());
        }
        for (entries, space) in [(v4, 1 << 32), (v6, 1 << 64)] {
            Part::write(whole(&entries, space, &countries).into_iter(), &mut body);
        }
        let mut bytes = Table::MAGIC.to_vec();
        bytes.push(Table::VERSION);
        bytes.extend_from_slice(&crc32(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }
}

/// Cuts ranges so that none overlap, and joins neighbours of one owner.
fn flatten(mut entries: Vec<Entry>) -> Vec<Entry> {
    // Wider ones first; the sort is stable, so that of equal ranges the later ends up on top.
    entries.sort_by(|a, b| a.first.cmp(&b.first).then(b.last.cmp(&a.last)));
    let mut flat: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut open: Vec<Entry> = Vec::new();
    let mut cursor = 0u64;
    for entry in entries {
        close(&mut open, &mut cursor, entry.first, &mut flat);
        if let (Some(below), Some(last)) = (open.last(), entry.first.checked_sub(1)) {
            emit(&mut flat, cursor, last.min(below.last), below.owner);
        }
        cursor = entry.first;
        open.push(entry);
    }
    close(&mut open, &mut cursor, u64::MAX, &mut flat);
    if let Some(entry) = open.pop() {
        emit(&mut flat, cursor, entry.last, entry.owner);
    }
    flat
}

/// Writes the open ranges that end before `until`.
fn close(open: &mut Vec<Entry>, cursor: &mut u64, until: u64, flat: &mut Vec<Entry>) {
    while let Some(top) = open.pop_if(|top| top.last < until) {
        emit(flat, *cursor, top.last, top.owner);
        *cursor = (*cursor).max(top.last + 1);
    }
}

fn emit(flat: &mut Vec<Entry>, first: u64, last: u64, owner: Option<Country>) {
    if first > last {
        return;
    }
    match flat.last_mut() {
        Some(before) if before.owner == owner && before.last.checked_add(1) == Some(first) => {
            before.last = last
        }
        _ => flat.push(Entry { first, last, owner }),
    }
}

/// Ranges that together are the `space`, each with its owner's number: what lies between the entries is nobody's.
fn whole(entries: &[Entry], space: u128, countries: &[Country]) -> Vec<(u128, u8)> {
    let mut ranges = Vec::with_capacity(entries.len());
    let mut next = 0u128;
    let mut push = |length: u128, owner: u8| {
        // 2^64 has no code of its own.
        let halves = [length.min(1 << 63), length.saturating_sub(1 << 63)];
        ranges.extend(
            halves
                .into_iter()
                .filter(|length| *length > 0)
                .map(|length| (length, owner)),
        );
    };
    for entry in entries {
        let (first, after) = (u128::from(entry.first), u128::from(entry.last) + 1);
        push(first - next, 0);
        let owner = entry.owner.and_then(|owner| countries.binary_search(&owner).ok());
        push(after - first, owner.map_or(0, |index| index as u8 + 1));
        next = after;
    }
    push(space - next, 0);
    ranges
}

#[cfg(test)]
mod tests;
