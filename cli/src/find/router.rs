//! Where the router stands among the filters of a connection manager.

use super::named_type::{CONNECTION_MANAGER, type_name, type_of};
use crate::{
    check::{Finding, Rule},
    document::Node,
    messages::Table,
};

/// What Envoy refuses of these filters: something behind the router, or no router at the end.
pub(super) fn misplaced(manager: &Node, filters: &Node) -> Option<Finding> {
    let items = filters.items();
    // Of a manager that isn't whole, the router may stand elsewhere.
    let is_whole = type_name(manager) == CONNECTION_MANAGER;
    let is_router =
        |filter: &Node| type_of(filter).ends_with("envoy.extensions.filters.http.router.v3.Router");
    let first = items.iter().position(is_router);
    let behind = first.and_then(|place| items.get(place + 1));
    match (first, behind, items.last()) {
        (Some(place), Some(behind), _) => {
            let message = format!(
                "the router isn't the last filter: Envoy refuses a chain with something behind it (line {})",
                behind.at.line
            );
            let finding = Finding::new(Rule::Router, items.get(place)?.at, message);
            Some(finding.help("move the router to the end of `http_filters`"))
        }
        (None, _, Some(last)) if is_whole && !may_end_a_chain(last) => {
            let message = "the chain ends with this filter and has no router, without which Envoy refuses it";
            Some(Finding::new(Rule::Router, last.at, message).help(
                "end it with: {name: envoy.filters.http.router, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}",
            ))
        }
        _ => None,
    }
}

/// Whether a filter may be one that answers every request itself.
fn may_end_a_chain(filter: &Node) -> bool {
    let Some(typed) = filter.any(&["typed_config", "typedConfig"]) else {
        return true;
    };
    let ends = typed
        .any(&["terminal_filter", "terminalFilter"])
        .is_some_and(Node::is_true);
    let name = type_name(typed);
    ends || name.contains(".file_server.") || !Table::envoy().knows(name)
}
