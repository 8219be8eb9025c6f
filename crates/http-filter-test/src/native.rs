use crate::load;
use http_filter::{AnyPlugin, FilterConfig, Plugin};
use http_filter_replay::{Case, Tier, replay};
use std::{path::Path, rc::Rc};

/// Replays every case of `folder` against the library, in this process.
///
/// # Panics
/// When a case does not come to what it expects; the message lists all of them.
pub fn run_cases<C: FilterConfig>(folder: &str) {
    let cases = load(Path::new(folder));
    let mut failures = Vec::new();
    let mut ran = 0;
    for case in cases.iter().filter(|case| case.runs_in(Tier::Native)) {
        ran += 1;
        failures.extend(
            run_case::<C>(case)
                .into_iter()
                .map(|line| format!("{}: {line}", case.name)),
        );
    }
    assert!(ran > 0, "{folder}: no case runs natively");
    assert!(
        failures.is_empty(),
        "{} of {ran} cases differ:\n  {}",
        failures.len(),
        failures.join("\n  ")
    );
}

/// Replays one case; everything in which it differs, a line each.
pub fn run_case<C: FilterConfig>(case: &Case) -> Vec<String> {
    let found = replay(case, false, Vec::new(), |case| {
        let config = case.config.as_ref().map(ToString::to_string);
        let plugin = Plugin::<C>::new(config.as_deref().map(str::as_bytes))?;
        Ok(vec![Box::new(Rc::new(plugin)) as Box<dyn AnyPlugin>])
    });
    let line = |difference: http_filter_replay::Difference| match difference.exchange {
        Some((index, time)) => format!("exchange {index}, time {time}: {}", difference.mismatch),
        None => difference.mismatch.to_string(),
    };
    found.into_iter().map(line).collect()
}
