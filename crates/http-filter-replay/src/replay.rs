use crate::{Case, Mismatch, World, mismatches};
use http_filter::{AnyPlugin, ConfigError};
use std::time::Duration;

/// In what a case differs from what it expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which exchange, beginning with 1, and which time; `None` where it's about the configuration.
    pub exchange: Option<(usize, u32)>,
    /// What was expected and what was observed.
    pub mismatch: Mismatch,
}

/// Replays a case. `plugins` makes the filters of it, and `chain` says whether counters begin with the filter's name. `served`
/// is what clusters answer, by path, before and beside what the case says; filters have time to fetch it.
pub fn replay(
    case: &Case,
    chain: bool,
    served: Vec<(String, String, Vec<u8>)>,
    plugins: impl FnOnce(&Case) -> Result<Vec<Box<dyn AnyPlugin>>, ConfigError>,
) -> Vec<Difference> {
    let about_configuration = |expected: String, observed: String| {
        vec![Difference {
            exchange: None,
            mismatch: Mismatch {
                what: "configuration".to_owned(),
                expected,
                observed,
            },
        }]
    };
    if case.country.is_some() {
        // Whoever can tell it has done so, and taken it out.
        return about_configuration("a country".to_owned(), "nothing that could tell it".to_owned());
    }
    match (plugins(case), &case.refused) {
        (Err(error), Some(expected)) if error.to_string().contains(expected) => Vec::new(),
        (Err(error), expected) => {
            let expected = expected.as_ref().map_or_else(
                || "accepted".to_owned(),
                |expected| format!("refused with {expected:?}"),
            );
            about_configuration(expected, format!("refused with {:?}", error.to_string()))
        }
        (Ok(_), Some(expected)) => {
            about_configuration(format!("refused with {expected:?}"), "accepted".to_owned())
        }
        (Ok(plugins), None) => play(case, chain, served, plugins),
    }
}

fn play(
    case: &Case,
    chain: bool,
    served: Vec<(String, String, Vec<u8>)>,
    mut plugins: Vec<Box<dyn AnyPlugin>>,
) -> Vec<Difference> {
    let start = Duration::from_secs(case.now.unwrap_or(DEFAULT_NOW));
    let warm_up = if served.is_empty() {
        Duration::ZERO
    } else {
        WARM_UP
    };
    let now = start.saturating_sub(warm_up);
    let filters: Vec<_> = plugins.iter().map(|plugin| plugin.name()).collect();
    let world = match plugins.pop() {
        Some(plugin) if !chain && plugins.is_empty() => World::of_one(plugin, now),
        last => World::of_chain(plugins.into_iter().chain(last).collect(), now),
    };
    let mut world = world.with_clusters(case.clusters.clone());
    for (cluster, path, body) in served {
        world.serve(&cluster, Some(&path), body);
    }
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
        let until = exchange.at.map(|at| start + at.duration());
        let mut moved = match until.or((index == 0 && warm_up > Duration::ZERO).then_some(start)) {
            Some(until) => world.advance_to(until),
            None => Ok(()),
        };
        for time in 1..=exchange.repeat {
            let result = moved.and_then(|()| world.exchange(&exchange.request, &exchange.response));
            let mismatches = match result {
                Ok(journey) => mismatches(&exchange.expect, &journey.observed),
                Err(stuck) => {
                    moved = Err(stuck);
                    vec![Mismatch {
                        what: "the end".to_owned(),
                        expected: "a decision".to_owned(),
                        observed: stuck.to_string(),
                    }]
                }
            };
            found.extend(mismatches.into_iter().map(|mismatch| Difference {
                exchange: Some((index + 1, time)),
                mismatch,
            }));
            if moved.is_err() {
                return found;
            }
        }
    }
    found
}

/// How long filters have to fetch what is served.
const WARM_UP: Duration = Duration::from_secs(5);
/// When a case happens that doesn't say: in January 2027.
const DEFAULT_NOW: u64 = 1_800_000_000;
