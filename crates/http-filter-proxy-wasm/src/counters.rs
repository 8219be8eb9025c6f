use proxy_wasm::{hostcalls, types::MetricType};
use std::cell::RefCell;

/// Adds to the counter `<prefix>.<name>`, which Envoy shows as `wasmcustom.<prefix>.<name>`, hyphens as underscores.
pub(crate) fn add(prefix: &'static str, name: &str, by: u64) {
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
fn id(ids: &mut Vec<Counter>, prefix: &'static str, name: &str) -> Option<u32> {
    let mark = mark(name);
    let place = ids.partition_point(|known| known.mark < mark);
    let alike = ids.iter().skip(place).take_while(|known| known.mark == mark);
    // One VM may run several filters of a suite, whose counters differ by prefix only.
    if let Some(known) = alike
        .into_iter()
        .find(|known| known.prefix == prefix && *known.name == *name)
    {
        return Some(known.id);
    }
    if ids.len() >= MAX_COUNTERS {
        return None;
    }
    let full = [prefix, ".", name].concat().replace('-', "_");
    let id = hostcalls::define_metric(MetricType::Counter, &full).ok()?;
    let name = name.into();
    ids.insert(
        place,
        Counter {
            mark,
            name,
            prefix,
            id,
        },
    );
    Some(id)
}

/// What tells most names apart at a glance: their ends, and how long they are.
fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let last = bytes.last_chunk().map_or(0, |last| u32::from_le_bytes(*last));
    let first = bytes.first().copied().unwrap_or_default();
    (u64::from(last) << 16) | (u64::from(first) << 8) | (bytes.len() as u64 & 0xff)
}

struct Counter {
    mark: u64,
    name: Box<str>,
    prefix: &'static str,
    id: u32,
}

/// Names come from code and configuration; this bounds what a configuration, updated again and again, may leave behind.
const MAX_COUNTERS: usize = 4096;

thread_local! {
    /// Sorted by mark: a few dozen, for which a map would cost every module more than it saves.
    static IDS: RefCell<Vec<Counter>> = const { RefCell::new(Vec::new()) };
}
