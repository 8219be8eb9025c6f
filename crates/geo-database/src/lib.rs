#![doc = include_str!("../README.md")]

mod budget;
mod builder;
mod bytes;
mod continent;
mod country;
mod crc;
mod database;
mod error;
mod facts;
mod fields;
mod length;
mod mmdb;
mod part;
mod place;
mod reader;
mod section;
mod step;
mod table;
mod tree;
mod value;

pub use builder::TableBuilder;
pub use bytes::Bytes;
pub use continent::Continent;
pub use country::{Coordinates, Country};
pub use database::Database;
pub use error::Error;
pub use fields::{FieldPath, Fields, InvalidFieldPath};
pub use mmdb::Mmdb;
pub use place::Place;
pub use table::Table;
