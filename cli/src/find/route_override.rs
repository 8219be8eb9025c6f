use super::Finder;
use crate::{
    FilterKind,
    document::{Node, Position},
};

/// What a route's metadata says to a filter.
#[derive(Clone, Debug)]
pub struct RouteOverride {
    /// The filter.
    pub kind: FilterKind,
    /// Where it stands.
    pub at: Position,
    /// A JSON text, unless it's something else.
    pub text: Option<String>,
}

impl Finder<'_> {
    /// The overrides in `node`, if it is a route's metadata.
    pub(super) fn overrides(&mut self, node: &Node) {
        let Some(filters) = node.any(&["filter_metadata", "filterMetadata"]) else {
            return;
        };
        for (name, metadata) in filters.members() {
            let Some(kind) = FilterKind::of_name(&name.text) else {
                continue;
            };
            let Some(config) = metadata.get("config") else {
                continue;
            };
            self.found.overrides.push(RouteOverride {
                kind,
                at: config.at,
                text: config.text().map(str::to_owned),
            });
        }
    }
}
