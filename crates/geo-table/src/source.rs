use crate::{Error, mmdb, text};
use geo_database::{Country, Database, Fields, TableBuilder};
use std::net::IpAddr;

/// Ranges of addresses and their countries, and what their publisher says of them.
#[derive(Debug, Default)]
pub struct Source {
    /// First address, last address, owner; in the order of the source.
    pub ranges: Vec<(IpAddr, IpAddr, Option<Country>)>,
    /// When the data was made, in seconds since the Unix epoch, where the source says so.
    pub made: Option<u64>,
    /// The publisher's own words on origin and licence, where the source has some.
    pub notice: Option<String>,
}

impl Source {
    /// Reads an MMDB, a compact table's opposite number in text (CSV, tor's geoip files), whichever `bytes` are.
    ///
    /// # Errors
    /// [`Error`] with the number of the line, or the reader's words.
    pub fn read(bytes: Vec<u8>, fields: &Fields) -> Result<Self, Error> {
        match Database::open(bytes.clone().into()) {
            Ok(Database::Mmdb(mmdb)) => mmdb::read(bytes, &mmdb, fields),
            Ok(Database::Table(_)) => Err(Error::Usage("it is a compact table already".to_owned())),
            Err(geo_database::Error::UnknownFormat) => text::read(&bytes),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds all ranges to a table.
    pub fn add_to(&self, builder: &mut TableBuilder) {
        for (first, last, owner) in &self.ranges {
            builder.add(*first, *last, *owner);
        }
    }
}
