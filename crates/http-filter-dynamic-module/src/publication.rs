use crate::protobuf_struct::serialised;
use envoy_dynamic_module_abi::Stream;
use http_filter::{Bytes, property};
use serde_json::Value;

/// Publishes what later filters, access logs and Envoy's own filters may read: as filter state of that name, and as dynamic
/// metadata. An object becomes the name space of its own name, with a member for each of its; any other text a member of
/// `edge_filters`.
pub(crate) fn publish(stream: &Stream<'_>, properties: &[(&'static str, Bytes)]) {
    for (name, value) in properties {
        stream.set_filter_state(name, value);
        match serde_json::from_slice(value) {
            Ok(Value::Object(members)) => stream.set_metadata_struct(name, &serialised(&members)),
            _ => stream.set_metadata(NAME_SPACE, name.strip_prefix(PREFIX).unwrap_or(name), value),
        }
    }
}

/// Leaves what filters behind this one may read: as filter state only.
pub(crate) fn pass_on(stream: &Stream<'_>, properties: &[(&'static str, Bytes)]) {
    for (name, value) in properties {
        stream.set_filter_state(name, value);
    }
}

/// Publishes why the filter answered.
pub(crate) fn publish_details(stream: &Stream<'_>, details: &str) {
    stream.set_filter_state(property::DETAILS, details.as_bytes());
    stream.set_metadata(NAME_SPACE, "details", details.as_bytes());
}

const NAME_SPACE: &str = "edge_filters";
const PREFIX: &str = "edge_filters.";
