use crate::counters::INVALID_HEADER;
use envoy_dynamic_module_abi::{HeaderMap, Stream};
use http_filter::{HeaderEdit, HeaderMutation, Headers, Host};

/// Carries out edits of the headers that `current` is a snapshot of.
pub(crate) fn mutate(
    stream: &Stream<'_>,
    map: HeaderMap,
    current: &Headers,
    mutation: &HeaderMutation,
    host: &dyn Host,
) {
    let withheld = mutation.carry_out(current, |edit| match edit {
        HeaderEdit::Set(name, value) => stream.set_header(map, name, value),
        HeaderEdit::Append(name, value) => stream.add_header(map, name, value),
        HeaderEdit::Remove(name) => stream.remove_header(map, name),
    });
    host.count(INVALID_HEADER, withheld);
}
