use crate::{AnyPlugin, Case, World, differences};
use http_filter::ConfigError;
use std::time::Duration;

/// In what a case differs from what it expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which exchange, beginning with 1, and which time; `None` where it's about the configuration.
    pub exchange: Option<(usize, u32)>,
    /// What was expected and what was observed.
    pub text: String,
}

/// Replays a case. `plugins` makes the filters of it, and `chain` says whether counters begin with the filter's name.
pub fn replay(
    case: &Case,
    chain: bool,
    plugins: impl FnOnce(&Case) -> Result<Vec<Box<dyn AnyPlugin>>, ConfigError>,
) -> Vec<Difference> {
    let about_configuration = |text| vec![Difference { exchange: None, text }];
    match (plugins(case), &case.refused) {
        (Err(error), Some(expected)) if error.to_string().contains(expected) => Vec::new(),
        (Err(error), Some(expected)) => about_configuration(format!(
            "refused with {:?}, expected {expected:?}",
            error.to_string()
        )),
        (Err(error), None) => about_configuration(format!("refused: {error}")),
        (Ok(_), Some(expected)) => {
            about_configuration(format!("accepted, expected to be refused with {expected:?}"))
        }
        (Ok(plugins), None) => play(case, chain, plugins),
    }
}

fn play(case: &Case, chain: bool, mut plugins: Vec<Box<dyn AnyPlugin>>) -> Vec<Difference> {
    let now = Duration::from_secs(case.now.unwrap_or(DEFAULT_NOW));
    let filters: Vec<_> = plugins.iter().map(|plugin| plugin.name()).collect();
    let world = match plugins.pop() {
        Some(plugin) if !chain && plugins.is_empty() => World::of_one(plugin, now),
        last => World::of_chain(plugins.into_iter().chain(last).collect(), now),
    };
    let mut world = world.with_clusters(case.clusters.clone());
    let mut found = Vec::new();
    for (index, exchange) in case.exchanges().iter().enumerate() {
        world.host().clear_properties();
        for (path, value) in case.properties.iter().chain(&exchange.properties) {
            world.host().set_property(path, value.0.clone());
        }
        if let Some(config) = &case.route_config {
            for filter in &filters {
                let path = ["xds.route_metadata.filter_metadata.", filter, ".config"].concat();
                world.host().set_property(&path, config.to_string());
            }
        }
        let start = world.start();
        let mut moved = exchange
            .at
            .map_or(Ok(()), |at| world.advance_to(start + at.duration()));
        for time in 1..=exchange.repeat {
            let result = moved.and_then(|()| world.exchange(&exchange.request, &exchange.response));
            let texts = match result {
                Ok(journey) => differences(&exchange.expect, &journey.observed),
                Err(stuck) => {
                    moved = Err(stuck);
                    vec![stuck.to_string()]
                }
            };
            found.extend(texts.into_iter().map(|text| Difference {
                exchange: Some((index + 1, time)),
                text,
            }));
            if moved.is_err() {
                return found;
            }
        }
    }
    found
}

/// When a case happens that doesn't say: in January 2027.
const DEFAULT_NOW: u64 = 1_800_000_000;
