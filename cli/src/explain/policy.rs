use crate::{
    FilterKind,
    command::Error,
    find::{Assembled, Slot, Source, assemble, find},
};
use http_filter::{AnyPlugin, ConfigError};
use serde_json::Value;

/// The chain of filters that requests go through.
#[derive(Clone, Default)]
pub struct Policy {
    /// The filters and their configurations, as they get them, in order; those of a suite stand here one by one.
    pub filters: Vec<(FilterKind, Value)>,
    /// What stands between them and isn't simulated, each with the number of filters before it.
    pub others: Vec<(usize, String)>,
}

/// Finds the chain in files. Of several chains `number` says which, beginning with 1; without it the files must hold one.
///
/// # Errors
/// [`Error::Content`] where there is none, or where it can't be told which is meant.
pub fn read_policy(
    sources: &[Source],
    kind: Option<FilterKind>,
    number: Option<usize>,
) -> Result<Policy, Error> {
    let mut chains = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let found = find(source, kind).map_err(|malformed| {
            let at = malformed.at;
            Error::Content(format!("{}:{}:{}: {malformed}", source.name, at.line, at.column))
        })?;
        chains.extend(found.chains.into_iter().map(|chain| (index, chain)));
    }
    let chains = assemble(chains);
    let names: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
    let names = names.join(", ");
    let chosen = match (chains.as_slice(), number) {
        ([], _) => {
            return Err(Error::Content(format!(
                "{names}: there is no configuration of a filter here; see `edge-filters check --help` for what is understood"
            )));
        }
        ([only], None | Some(1)) => only,
        (several, Some(number)) => several.get(number.wrapping_sub(1)).ok_or_else(|| {
            Error::argument("--chain", number.to_string(), format!("1 to {}", several.len()))
        })?,
        (several, None) => {
            let list: Vec<_> = several.iter().enumerate().map(described).collect();
            return Err(Error::Content(format!(
                "{names}: there are {} chains here; say which with --chain:\n{}",
                several.len(),
                list.join("\n")
            )));
        }
    };
    of_chain(chosen)
}

fn described((index, assembled): (usize, &Assembled)) -> String {
    let first = assembled.chain.slots.first().map_or(0, |slot| slot.at.line);
    let names: Vec<_> = assembled
        .chain
        .slots
        .iter()
        .map(|slot| slot.kind.name())
        .collect();
    format!("  {}: {} (line {first})", index + 1, names.join(", "))
}

fn of_chain(assembled: &Assembled) -> Result<Policy, Error> {
    for slot in &assembled.chain.slots {
        // A suite is refused as a whole, and its filters are looked at one by one from here on.
        slot.kind
            .plugin(&slot.value().0)
            .map_err(|error| refused(slot.kind, &error))?;
    }
    let Assembled { chain, .. } = assembled.clone().of_single_filters();
    let filters = chain.slots.iter().map(|slot: &Slot| (slot.kind, slot.value().0));
    let router = |kind: &str| kind.ends_with("http.router.v3.Router");
    let others = chain.others.iter().filter(|other| !router(&other.kind));
    Ok(Policy {
        filters: filters.collect(),
        others: others
            .map(|other| {
                (
                    other.before,
                    other.kind.trim_start_matches("type.googleapis.com/").to_owned(),
                )
            })
            .collect(),
    })
}

fn refused(kind: FilterKind, error: &ConfigError) -> Error {
    Error::Content(format!(
        "{}: the configuration is refused: {error} (`edge-filters check` says where)",
        kind.name()
    ))
}

impl Policy {
    /// One filter alone, or the filters of a suite.
    pub fn of(kind: FilterKind, configuration: &Value) -> Self {
        Self {
            filters: kind.single(configuration),
            others: Vec::new(),
        }
    }

    /// The filters, configured.
    ///
    /// # Errors
    /// [`Error::Content`] when one refuses its configuration.
    pub fn plugins(&self) -> Result<Vec<Box<dyn AnyPlugin>>, Error> {
        let plugins = self
            .filters
            .iter()
            .map(|(kind, value)| kind.plugin(value).map_err(|error| refused(*kind, &error)));
        plugins.collect()
    }
}
