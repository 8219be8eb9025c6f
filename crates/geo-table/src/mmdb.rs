use crate::{Error, Source, text::network_range};
use geo_database::{Fields, Mmdb};
use maxminddb::Reader;

/// Every network of an MMDB and its country. Networks whose record can't be read are nobody's.
pub(crate) fn read(bytes: Vec<u8>, mmdb: &Mmdb, fields: &Fields) -> Result<Source, Error> {
    let reader = Reader::from_source(bytes).map_err(|error| Error::Usage(error.to_string()))?;
    let networks = reader.networks(Default::default()).into_iter().flatten();
    let ranges = networks.filter_map(|found| {
        let network = found.ok()?.network().ok()?;
        let (first, last) = network_range(network.ip(), network.prefix())?;
        Some((first, last, mmdb.country(first, fields)))
    });
    let metadata = reader.metadata();
    let description = metadata
        .description
        .get("en")
        .or(metadata.description.values().next());
    Ok(Source {
        ranges: ranges.collect(),
        made: Some(metadata.build_epoch),
        notice: Some(match description {
            Some(description) => format!("{}: {description}", metadata.database_type),
            None => metadata.database_type.clone(),
        }),
    })
}
