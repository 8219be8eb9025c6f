use crate::{Entry, filter::Filter, log_lines, route_override::RouteOverride};
use envoy_dynamic_module_abi::{Configuration, FilterConfiguration, Module, RouteConfiguration};
use std::sync::Arc;

/// The filters of a module, by `filter_name`.
pub struct Filters(
    /// In any order.
    pub &'static [Entry],
);

impl Filters {
    /// The filter of this `filter_name`, and the name space of its shared data: `rate-limit`, `rate-limit@internal`.
    fn named<'a>(&self, name: &'a str) -> Option<(&'static Entry, &'a str)> {
        let (name, name_space) = name.split_once('@').unwrap_or((name, ""));
        let entry = self.0.iter().find(|entry| entry.name == name);
        if entry.is_none() {
            let known: Vec<&str> = self.0.iter().map(|entry| entry.name).collect();
            log::error!(
                "filter_name: found {name:?}, expected one of {}",
                known.join(", ")
            );
        }
        Some((entry?, name_space))
    }
}

impl Module for Filters {
    fn loaded(&self) {
        log_lines::begin();
    }

    fn configure(
        &self,
        configuration: &Configuration<'_>,
        name: &str,
        document: &[u8],
    ) -> Option<Arc<dyn FilterConfiguration>> {
        let (entry, name_space) = self.named(name)?;
        match Filter::configure(configuration, entry, name_space, document) {
            Ok(filter) => Some(filter),
            Err(error) => {
                log::error!("{}: the configuration is refused: {error}", entry.name);
                None
            }
        }
    }

    fn configure_route(&self, name: &str, document: &[u8]) -> Option<RouteConfiguration> {
        let (entry, _) = self.named(name)?;
        match RouteOverride::read(entry, document) {
            Ok(read) => Some(Arc::new(read)),
            Err(error) => {
                log::error!("{}: a route's configuration is refused: {error}", entry.name);
                None
            }
        }
    }

    fn panicked(&self, hook: &'static str) {
        log::error!("a filter failed in {hook}: what it should have done is undone");
    }
}
