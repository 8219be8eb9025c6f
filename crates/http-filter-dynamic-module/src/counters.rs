use crate::Entry;
use envoy_dynamic_module_abi::{Configuration, CounterId, Stream};
use http_filter::{AnyPlugin, SHARED_COUNTERS};

/// The counters of a configuration. Envoy takes definitions only while the configuration is made, and a counter without
/// labels costs a request least: so each name that is known by then is a counter of its own.
pub(crate) struct Counters(Vec<OfFilter>);

/// The counters of one filter.
struct OfFilter {
    filter: &'static str,
    /// Sorted by their names.
    known: Vec<(String, CounterId)>,
    /// For names that only a route's configuration knows: what is counted is its label.
    others: Option<CounterId>,
}

/// Who counts.
#[derive(Clone, Copy)]
pub(crate) enum Counting<'a> {
    Stream(&'a Stream<'a>),
    Configuration(&'a Configuration<'a>),
}

impl Counters {
    /// Defines those of the filter, or of all filters that run within it.
    pub(crate) fn define(configuration: &Configuration<'_>, entry: &Entry, plugin: &dyn AnyPlugin) -> Self {
        let filters = entry.filters().iter();
        Self(
            filters
                .map(|filter| OfFilter::define(configuration, filter, plugin))
                .collect(),
        )
    }

    pub(crate) fn add(&self, counting: Counting<'_>, filter: &str, name: &str, by: u64) {
        if by == 0 {
            return;
        }
        let Some(of_filter) = self.0.iter().find(|known| known.filter == filter) else {
            return;
        };
        if let Some(counter) = of_filter.known(name) {
            counting.add(counter, None, by);
        } else if let Some(others) = of_filter.others {
            counting.add(others, Some(&in_snake_case(name)), by);
        }
    }
}

impl OfFilter {
    fn define(configuration: &Configuration<'_>, filter: &Entry, plugin: &dyn AnyPlugin) -> Self {
        let counted = filter.counters.iter().chain(SHARED_COUNTERS).chain(OWN).copied();
        // Any of them may be a reply's, which is withheld in shadow mode.
        let mut all: Vec<String> = counted
            .flat_map(|name| [name.to_owned(), ["shadow_", name].concat()])
            .collect();
        plugin.name_counters(&mut |of, name| {
            if of == filter.name {
                all.push(name.to_owned());
            }
        });
        all.sort_unstable();
        all.dedup();
        let prefix = in_snake_case(filter.name);
        let define = |name: String| {
            let full = [&prefix, ".", &in_snake_case(&name)].concat();
            let counter = configuration.define_counter(&full, None)?;
            Some((name, counter))
        };
        Self {
            filter: filter.name,
            known: all.into_iter().filter_map(define).collect(),
            others: configuration.define_counter(&[&prefix, ".other"].concat(), Some("counter")),
        }
    }

    fn known(&self, name: &str) -> Option<CounterId> {
        let place = self
            .known
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
            .ok()?;
        self.known.get(place).map(|(_, counter)| *counter)
    }
}

impl Counting<'_> {
    fn add(self, counter: CounterId, label: Option<&str>, by: u64) {
        match self {
            Self::Stream(stream) => stream.count(counter, label, by),
            Self::Configuration(configuration) => configuration.count(counter, label, by),
        }
    }
}

fn in_snake_case(name: &str) -> String {
    name.replace('-', "_")
}

/// What is counted when a filter fails.
pub(crate) const FAILED: &str = "filter_failed";
/// What is counted when a filter sets a header field to what no field may be.
pub(crate) const INVALID_HEADER: &str = "invalid_header_withheld";

/// What this host counts for each filter.
const OWN: &[&str] = &[FAILED, INVALID_HEADER];
