use crate::{Bytes, Continent, Coordinates, Country, Error, Fields, Place, scalar::Scalar};
use maxminddb::{LookupResult, MaxMindDbError, Reader};
use serde::de::IgnoredAny;
use std::net::IpAddr;

/// A database in the MaxMind DB format, whoever made it: GeoLite2, GeoIP2, DB-IP, IPinfo and others.
pub struct Mmdb {
    reader: Reader<Bytes>,
}

impl Mmdb {
    /// Checks metadata and layout of `bytes`, and looks addresses from all over the space up, so that a file whose
    /// records can't be read is refused here. What is wrong with single records shows when they are looked up, as nothing known.
    ///
    /// # Errors
    /// [`Error::Mmdb`], with what is wrong.
    pub fn open(bytes: Bytes) -> Result<Self, Error> {
        let reader = Reader::from_source(bytes).map_err(|error| Error::Mmdb(reason(&error)))?;
        let mmdb = Self { reader };
        let v6 = mmdb.reader.metadata().ip_version == 6;
        for index in 0..SAMPLES {
            // A multiplicative sequence: spread evenly, and the same every time.
            let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mmdb.check(IpAddr::V4(((spread >> 32) as u32).into()))?;
            if v6 {
                let global_unicast = (0x2 << 124) | (u128::from(spread) << 60);
                mmdb.check(IpAddr::V6(global_unicast.into()))?;
            }
        }
        // All of a small database, and the beginning of a large one.
        for found in mmdb
            .reader
            .networks(Default::default())
            .into_iter()
            .flatten()
            .take(WALKED)
        {
            check(found)?;
        }
        Ok(mmdb)
    }

    /// What the database says of `address`, in the fields asked for. A record that can't be read says nothing.
    pub fn place(&self, address: IpAddr, fields: &Fields) -> Place {
        self.record(address)
            .map(|record| place(&record, fields))
            .unwrap_or_default()
    }

    /// Whether any of its first records has one of the fields.
    pub fn answers(&self, fields: &Fields) -> bool {
        let networks = self.reader.networks(Default::default()).into_iter().flatten();
        networks
            .take(WALKED)
            .flatten()
            .any(|record| !place(&record, fields).is_empty())
    }

    /// The country of `address`.
    pub fn country(&self, address: IpAddr, fields: &Fields) -> Option<Country> {
        let record = self.record(address)?;
        Country::parse(Scalar::find(&record, &fields.country).text().as_bytes())
    }

    /// When the database was built, in seconds since the Unix epoch.
    pub fn made(&self) -> u64 {
        self.reader.metadata().build_epoch
    }

    /// What it calls itself, for example `GeoLite2-Country`.
    pub fn database_type(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// The reader, for whoever walks through all of it.
    pub fn reader(&self) -> &Reader<Bytes> {
        &self.reader
    }

    fn record(&self, address: IpAddr) -> Option<LookupResult<'_, Bytes>> {
        self.reader.lookup(address).ok().filter(LookupResult::has_data)
    }

    fn check(&self, address: IpAddr) -> Result<(), Error> {
        check(self.reader.lookup(address))
    }
}

/// What a record says, in the fields asked for.
fn place(record: &LookupResult<'_, Bytes>, fields: &Fields) -> Place {
    let find = |paths| Scalar::find(record, paths);
    let coordinates = find(&fields.latitude)
        .number()
        .zip(find(&fields.longitude).number());
    Place {
        country: Country::parse(find(&fields.country).text().as_bytes()),
        continent: Continent::parse(find(&fields.continent).text().as_bytes()),
        subdivision: find(&fields.subdivision).into_text(),
        city: find(&fields.city).into_text(),
        asn: find(&fields.asn).integer(),
        coordinates: coordinates.and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude)),
    }
}

/// Whether there is a record that can be read from its first to its last byte, or none.
fn check(found: Result<LookupResult<'_, Bytes>, MaxMindDbError>) -> Result<(), Error> {
    let read = found.and_then(|record| record.decode::<IgnoredAny>());
    read.map(|_| ()).map_err(|error| Error::Mmdb(reason(&error)))
}

/// How many addresses of each family are looked up before a database is taken.
const SAMPLES: u64 = 1024;
/// How many networks are walked through before a database is taken.
const WALKED: usize = 16 * 1024;

/// The kind of an error. What the reader says of it in detail would cost a module more than the reader itself.
fn reason(error: &MaxMindDbError) -> &'static str {
    match error {
        MaxMindDbError::InvalidDatabase { .. } => "its layout is broken",
        MaxMindDbError::Decoding { .. } => "what's in it can't be read",
        MaxMindDbError::ResourceLimit { .. } => "it's nested too deep or too wide",
        _ => "it can't be read",
    }
}
