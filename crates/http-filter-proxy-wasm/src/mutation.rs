use crate::counters;
use http_filter::{HeaderEdit, HeaderMutation, Headers};
use proxy_wasm::{hostcalls, types::MapType};

/// Carries out edits of the headers that `current` is a snapshot of. Every edit is a host call, so what changes
/// nothing is left out.
pub(crate) fn mutate(map: MapType, current: &Headers, mutation: &HeaderMutation, prefix: &'static str) {
    for (index, edit) in mutation.edits().iter().enumerate() {
        match edit {
            HeaderEdit::Set(name, value) | HeaderEdit::Append(name, value) if !is_field(name, value) => {
                counters::add(prefix, "invalid_header_withheld", 1);
                log::error!(
                    "the header {name:?} is withheld: its name or value holds bytes that no field may have"
                );
            }
            HeaderEdit::Set(name, value) => {
                let _ = hostcalls::set_map_value_bytes(map, name, Some(value));
            }
            HeaderEdit::Append(name, value) => {
                let _ = hostcalls::add_map_value_bytes(map, name, value);
            }
            HeaderEdit::Remove(name) => {
                // It may have been added by an edit before this one.
                let added = mutation
                    .edits()
                    .iter()
                    .take(index)
                    .any(|earlier| added_name(earlier) == Some(name));
                if added || current.contains(name) {
                    let _ = hostcalls::remove_map_value(map, name);
                }
            }
        }
    }
}

fn added_name(edit: &HeaderEdit) -> Option<&str> {
    match edit {
        HeaderEdit::Set(name, _) | HeaderEdit::Append(name, _) => Some(name),
        HeaderEdit::Remove(_) => None,
    }
}

/// Whether Envoy may be given this field: a lower-case token or pseudo-header, and a value without line ends or NUL
/// (RFC 9110 §5.5). A claim or a query parameter that made it here must not become a second header.
pub(crate) fn is_field(name: &str, value: &[u8]) -> bool {
    let token = name.strip_prefix(':').unwrap_or(name);
    http_filter::is_token(token.as_bytes()) && memchr::memchr3(b'\r', b'\n', 0, value).is_none()
}
