//! What type an object of Envoy's says it is.

use crate::document::Node;

/// Its `@type`, empty where it says none.
pub(super) fn kind_of(node: &Node) -> &str {
    node.get("@type").and_then(Node::text).unwrap_or_default()
}

/// The message that its `@type` names.
pub(super) fn type_name(node: &Node) -> &str {
    kind_of(node).rsplit('/').next().unwrap_or_default()
}

/// What a filter that isn't ours is: its type, else its name.
pub(super) fn type_of(filter: &Node) -> String {
    let typed = filter
        .any(&["typed_config", "typedConfig"])
        .map(kind_of)
        .unwrap_or_default();
    let named = filter.get("name").and_then(Node::text).unwrap_or_default();
    if typed.is_empty() { named } else { typed }.to_owned()
}

/// The type of what holds a chain of HTTP filters.
pub(super) const CONNECTION_MANAGER: &str =
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
