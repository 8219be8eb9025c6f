use proxy_wasm::{hostcalls, types::MetricType};
use std::{cell::RefCell, collections::BTreeMap};

/// Adds to the counter `<prefix>.<name>`, which Envoy shows as `wasmcustom.<prefix>.<name>`, hyphens as underscores.
pub(crate) fn add(prefix: &str, name: &str, by: u64) {
    // Envoy refuses to add nothing.
    let Ok(by @ 1..) = i64::try_from(by) else { return };
    if let Some(id) = IDS.with(|ids| {
        ids.try_borrow_mut()
            .ok()
            .and_then(|mut ids| id(&mut ids, prefix, name))
    }) {
        // A metric that Envoy forgot is nothing a request should suffer from.
        let _ = hostcalls::increment_metric(id, by);
    }
}

/// The id of a counter, defined at its first use: every definition lives as long as the process.
fn id(ids: &mut BTreeMap<Box<str>, u32>, prefix: &str, name: &str) -> Option<u32> {
    // One VM may run several filters of a suite, whose counters differ by prefix only.
    let full = [prefix, ".", name].concat();
    if let Some(id) = ids.get(full.as_str()) {
        return Some(*id);
    }
    if ids.len() >= MAX_COUNTERS {
        return None;
    }
    let id = hostcalls::define_metric(MetricType::Counter, &full.replace('-', "_")).ok()?;
    ids.insert(full.into(), id);
    Some(id)
}

/// Names come from code and configuration; this bounds what a configuration, updated again and again, may leave behind.
const MAX_COUNTERS: usize = 4096;

thread_local! {
    static IDS: RefCell<BTreeMap<Box<str>, u32>> = const { RefCell::new(BTreeMap::new()) };
}
