use crate::{
    Bytes, Continent, Coordinates, Country, Error, FieldPath, Fields, Place, budget::Budget,
    section::Section, step::Step, tree::Tree, value::Value,
};
use std::{net::IpAddr, ops::Range};

/// A database in the MaxMind DB format 2.0, whoever made it: GeoLite2, GeoIP2, DB-IP, IPinfo and others.
///
/// A reader of its own: it takes a sixth of the room of the usual one, which a module pays for in every worker. It follows
/// every pointer at most once per step, never recurses, and counts what it reads, so that no file keeps it busy.
pub struct Mmdb {
    bytes: Bytes,
    tree: Tree,
    data: Range<usize>,
    made: u64,
    database_type: String,
}

impl Mmdb {
    /// Checks metadata and layout of `bytes`, and reads records from all over the space and the first ones, so that a file whose
    /// records can't be read is refused here. What is wrong with others shows when they are looked up, as nothing known.
    ///
    /// # Errors
    /// [`Error::Mmdb`], with what is wrong.
    pub fn open(bytes: Bytes) -> Result<Self, Error> {
        let mmdb = Self::reopen(bytes)?;
        let mut budget = Budget::DATABASE;
        for record in mmdb.samples() {
            let mut left = Budget::RECORD;
            if !record.is_some_and(|record| mmdb.section().is_readable(record, &mut left)) {
                return Err(Error::Mmdb("a record can't be read"));
            }
            if budget.pay(Budget::RECORD, left).is_none() {
                break;
            }
        }
        Ok(mmdb)
    }

    /// Checks metadata and layout of `bytes`, whose records were looked at before.
    ///
    /// # Errors
    /// [`Error::Mmdb`], with what is wrong.
    pub fn reopen(bytes: Bytes) -> Result<Self, Error> {
        Self::layout(bytes).ok_or(Error::Mmdb("its metadata or its layout is broken"))
    }

    /// What the database says of `address`, in the fields asked for. A record that can't be read says nothing.
    pub fn place(&self, address: IpAddr, fields: &Fields) -> Place {
        let record = self.tree.find(self.bytes.as_ref(), address);
        record
            .map(|record| self.read(record, fields, &mut Budget::LOOK_UP.clone()))
            .unwrap_or_default()
    }

    /// The country of `address`.
    pub fn country(&self, address: IpAddr, fields: &Fields) -> Option<Country> {
        let record = self.tree.find(self.bytes.as_ref(), address)?;
        Country::parse(
            self.text(record, &fields.country, &mut Budget::LOOK_UP.clone())?
                .as_bytes(),
        )
    }

    /// Whether any of its first records has one of the fields.
    pub fn answers(&self, fields: &Fields) -> bool {
        let mut budget = Budget::DATABASE;
        let mut records = self.tree.records(self.bytes.as_ref());
        records.any(|record| record.is_some_and(|record| !self.read(record, fields, &mut budget).is_empty()))
    }

    /// When the database was built, in seconds since the Unix epoch.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// What it calls itself, for example `GeoLite2-Country`.
    pub fn database_type(&self) -> &str {
        &self.database_type
    }

    /// Where the metadata's mark is: the last one counts.
    pub(crate) fn marker(all: &[u8]) -> Option<usize> {
        let window = all.len().saturating_sub(METADATA_WITHIN);
        let place = all
            .get(window..)?
            .windows(MARKER.len())
            .rposition(|at| at == MARKER)?;
        Some(window + place)
    }

    fn layout(bytes: Bytes) -> Option<Self> {
        let all = bytes.as_ref();
        let mark = Self::marker(all)?;
        let metadata = Section(all.get(mark + MARKER.len()..)?);
        let find = |name| metadata.find(0, [Step::Key(name)], &mut Budget::RECORD.clone());
        let number = |name| find(name)?.integer();
        if number("binary_format_major_version")? != 2
            || !metadata.is_readable(0, &mut Budget::RECORD.clone())
        {
            return None;
        }
        let v6 = match number("ip_version")? {
            4 => false,
            6 => true,
            _ => return None,
        };
        let record_size = number("record_size")?;
        let node_count = usize::try_from(number("node_count")?).ok()?;
        let tree = Tree::new(all.get(..mark)?, node_count, record_size, v6)?;
        let database_type = find("database_type")?.text()?.to_owned();
        Some(Self {
            data: tree.end()..mark,
            made: number("build_epoch")?,
            database_type,
            tree,
            bytes,
        })
    }

    /// Records from all over, and the first ones; `None` for one that lies outside of the data.
    fn samples(&self) -> impl Iterator<Item = Option<usize>> {
        let bytes = self.bytes.as_ref();
        let spread = (0..SAMPLES).flat_map(move |index| {
            // A multiplicative sequence: spread evenly, and the same every time.
            let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let global_unicast = (0x2 << 124) | (u128::from(spread) << 60);
            let addresses = [
                IpAddr::V4(((spread >> 32) as u32).into()),
                IpAddr::V6(global_unicast.into()),
            ];
            addresses
                .into_iter()
                .filter_map(move |address| self.tree.find(bytes, address).map(Some))
        });
        spread.chain(self.tree.records(bytes))
    }

    fn section(&self) -> Section<'_> {
        Section(self.bytes.as_ref().get(self.data.clone()).unwrap_or_default())
    }

    fn read(&self, record: usize, fields: &Fields, budget: &mut Budget) -> Place {
        let mut first = |paths| self.first(record, paths, budget);
        let country = first(&fields.country).and_then(|value| Country::parse(value.text()?.as_bytes()));
        let continent = first(&fields.continent).and_then(|value| Continent::parse(value.text()?.as_bytes()));
        let latitude = first(&fields.latitude).and_then(|value| value.number());
        let longitude = first(&fields.longitude).and_then(|value| value.number());
        let mut text = |paths| Some(first(paths)?.text()?.to_owned());
        Place {
            country,
            continent,
            subdivision: text(&fields.subdivision),
            city: text(&fields.city),
            asn: first(&fields.asn).and_then(|value| value.asn()),
            coordinates: latitude
                .zip(longitude)
                .and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude)),
        }
    }

    fn text(&self, record: usize, paths: &[FieldPath], budget: &mut Budget) -> Option<&str> {
        self.first(record, paths, budget)?.text()
    }

    /// The first of `paths` at which something is said.
    fn first(&self, record: usize, paths: &[FieldPath], budget: &mut Budget) -> Option<Value<'_>> {
        let mut found = paths
            .iter()
            .filter_map(|path| self.section().find(record, path.steps(), budget));
        found.find(Value::says_something)
    }
}

/// The bytes that the metadata begins behind.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
/// The metadata is in the last 128 KiB (MaxMind DB specification, "Database Metadata").
const METADATA_WITHIN: usize = 128 * 1024;
/// How many addresses of each family are looked up before a database is taken.
const SAMPLES: u64 = 1024;
