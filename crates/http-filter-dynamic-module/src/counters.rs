use crate::filters::Entry;
use envoy_dynamic_module_abi::{Configuration, CounterId, Stream};
use std::borrow::Cow;

/// The counters of a configuration: Envoy takes definitions only while it's made, so there is one for each filter, and
/// what is counted is its label.
pub(crate) struct Counters(Vec<(&'static str, CounterId)>);

/// Who counts.
#[derive(Clone, Copy)]
pub(crate) enum Counting<'a> {
    Stream(&'a Stream<'a>),
    Configuration(&'a Configuration<'a>),
}

impl Counters {
    pub(crate) fn define(configuration: &Configuration<'_>, entry: &Entry) -> Self {
        let names = std::iter::once(entry.name).chain(entry.members.iter().copied());
        let defined = names.filter_map(|name| {
            let counter = configuration.define_counter(&name.replace('-', "_"), Some("counter"))?;
            Some((name, counter))
        });
        Self(defined.collect())
    }

    pub(crate) fn add(&self, counting: Counting<'_>, filter: &str, name: &str, by: u64) {
        let Some((_, id)) = self.0.iter().find(|(known, _)| *known == filter) else {
            return;
        };
        if by == 0 {
            return;
        }
        let name = if name.contains('-') {
            Cow::Owned(name.replace('-', "_"))
        } else {
            Cow::Borrowed(name)
        };
        match counting {
            Counting::Stream(stream) => stream.count(*id, Some(&name), by),
            Counting::Configuration(configuration) => configuration.count(*id, Some(&name), by),
        }
    }
}
