use crate::{Error, Source};
use geo_database::{Fields, TableBuilder};
use http_fields::hex;
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

/// A table to build.
#[derive(Debug, Default)]
pub struct Order {
    /// The sources: tor's geoip and geoip6, CSV, MMDB.
    pub inputs: Vec<String>,
    /// The file to write; its digest goes beside it, as `.sha256`.
    pub output: String,
    /// Origin and licence; where absent, the sources' own words.
    pub notice: Option<String>,
    /// When the data was made, in seconds since the Unix epoch; where absent, what the sources say.
    pub made: Option<u64>,
    /// Where an MMDB has its fields.
    pub fields: Fields,
}

/// Builds a table and writes it, saying to `tell` what was read.
///
/// # Errors
/// [`Error`] when a source can't be read, or says neither origin nor date and the order doesn't either.
pub fn build_table(order: &Order, tell: &mut dyn FnMut(String)) -> Result<(), Error> {
    let mut sources = Vec::new();
    for input in &order.inputs {
        let bytes = fs::read(input).map_err(|error| file_error(input, error))?;
        let source =
            Source::read(bytes, &order.fields).map_err(|error| Error::Usage(format!("{input}: {error}")))?;
        tell(format!("{input}: {} ranges", source.ranges.len()));
        sources.push(source);
    }
    // Of several notices the first says it: tor's two files carry the same.
    let notice = order.notice.clone();
    let notice = notice.or_else(|| sources.iter().find_map(|source| source.notice.clone()));
    let Some(notice) = notice.filter(|notice| !notice.trim().is_empty()) else {
        return Err(Error::Usage(
            "the sources name neither origin nor licence: say it with --notice TEXT".into(),
        ));
    };
    let made = order
        .made
        .or_else(|| sources.iter().filter_map(|source| source.made).min());
    let Some(made) = made else {
        return Err(Error::Usage(
            "the sources don't say when they were made: say it with --made, in seconds since 1970 (--made 1780345978)".into(),
        ));
    };
    let mut builder = TableBuilder::new(notice, made);
    sources.iter().for_each(|source| source.add_to(&mut builder));
    if builder.too_fine() > 0 {
        tell(format!(
            "{} IPv6 ranges within a /64 left out",
            builder.too_fine()
        ));
    }
    let bytes = builder.build();
    write(&order.output, &bytes)?;
    let sum = hex::encode(&Sha256::digest(&bytes));
    let name = Path::new(&order.output)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    write(
        &format!("{}.sha256", order.output),
        format!("{sum}  {name}\n").as_bytes(),
    )
}

fn write(path: &str, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|error| file_error(path, error))
}

fn file_error(path: &str, error: std::io::Error) -> Error {
    Error::File {
        path: path.into(),
        error,
    }
}
