use crate::{Bytes, Country, Error, Fields, Mmdb, Place, Table};
use std::net::IpAddr;

/// A database of either kind.
pub enum Database {
    /// The compact table.
    Table(Table),
    /// An MMDB.
    Mmdb(Mmdb),
}

impl Database {
    /// Opens a database of whichever kind `bytes` are.
    ///
    /// # Errors
    /// [`Error`] for anything that can't be relied on.
    pub fn open(bytes: Bytes) -> Result<Self, Error> {
        if bytes.as_ref().starts_with(Table::MAGIC) {
            return Table::open(bytes).map(Self::Table);
        }
        // An MMDB says what it is at its end; a table cut short, or a page of HTML, is none.
        if Mmdb::marker(bytes.as_ref()).is_none() {
            return Err(Error::UnknownFormat);
        }
        Mmdb::open(bytes).map(Self::Mmdb)
    }

    /// Opens bytes that [`Database::open`] has found in order before, without reading all of them again. Of others, look-ups may
    /// answer anything, and do no other harm.
    ///
    /// # Errors
    /// [`Error`] where the layout is another one.
    pub fn reopen(bytes: Bytes) -> Result<Self, Error> {
        match bytes.as_ref().starts_with(Table::MAGIC) {
            true => Table::reopen(bytes).map(Self::Table),
            false => Mmdb::reopen(bytes).map(Self::Mmdb),
        }
    }

    /// What is known of `address`.
    pub fn place(&self, address: IpAddr, fields: &Fields) -> Place {
        match self {
            Self::Table(table) => Place::of_country(table.country(address)),
            Self::Mmdb(mmdb) => mmdb.place(address, fields),
        }
    }

    /// The country of `address`.
    pub fn country(&self, address: IpAddr, fields: &Fields) -> Option<Country> {
        match self {
            Self::Table(table) => table.country(address),
            Self::Mmdb(mmdb) => mmdb.country(address, fields),
        }
    }

    /// Whether it can say anything in these fields. One that can't is broken, or another kind of database than was thought.
    pub fn answers(&self, fields: &Fields) -> bool {
        match self {
            Self::Table(table) => !table.countries().is_empty(),
            Self::Mmdb(mmdb) => mmdb.answers(fields),
        }
    }

    /// When the data was made, in seconds since the Unix epoch.
    pub fn made(&self) -> u64 {
        match self {
            Self::Table(table) => table.made(),
            Self::Mmdb(mmdb) => mmdb.made(),
        }
    }
}
