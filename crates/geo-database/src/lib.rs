#![doc = include_str!("../README.md")]

mod builder;
mod bytes;
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
mod table;
mod tree;

pub use builder::TableBuilder;
pub use bytes::Bytes;
pub use country::{Continent, Coordinates, Country};
pub use database::Database;
pub use error::Error;
pub use fields::{FieldPath, Fields, InvalidFieldPath};
pub use mmdb::Mmdb;
pub use place::Place;
pub use table::Table;
