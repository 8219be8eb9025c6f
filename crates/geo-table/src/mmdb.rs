use crate::{Source, text::network_range};
use geo_database::{Fields, Mmdb};

/// Every network of an MMDB and its country. Networks whose record can't be read are nobody's.
pub(crate) fn read(mmdb: &Mmdb, fields: &Fields) -> Source {
    let reader = mmdb.reader();
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
    Source {
        ranges: ranges.collect(),
        made: Some(metadata.build_epoch),
        notice: Some(match description {
            Some(description) => format!("{}: {description}", metadata.database_type),
            None => metadata.database_type.clone(),
        }),
    }
}
