use crate::counters;
use http_filter::{HeaderEdit, HeaderMutation, Headers};
use proxy_wasm::{hostcalls, types::MapType};

/// Carries out edits of the headers that `current` is a snapshot of.
pub(crate) fn mutate(map: MapType, current: &Headers, mutation: &HeaderMutation, prefix: &'static str) {
    let withheld = mutation.carry_out(current, |edit| {
        let _ = match edit {
            HeaderEdit::Set(name, value) => hostcalls::set_map_value_bytes(map, name, Some(value)),
            HeaderEdit::Append(name, value) => hostcalls::add_map_value_bytes(map, name, value),
            HeaderEdit::Remove(name) => hostcalls::remove_map_value(map, name),
        };
    });
    counters::add(prefix, "invalid_header_withheld", withheld);
}
