use crate::{
    FilterKind,
    document::{Node, Position, Scalar},
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

/// The overrides in `node`, if it is a route's metadata.
pub(super) fn overrides(node: &Node) -> Vec<RouteOverride> {
    let Some(filters) = node.any(&["filter_metadata", "filterMetadata"]) else {
        return Vec::new();
    };
    let of_filter = |(name, metadata): &(Scalar, Node)| {
        let config = metadata.get("config")?;
        Some(RouteOverride {
            kind: FilterKind::of_name(&name.text)?,
            at: config.at,
            text: config.text().map(str::to_owned),
        })
    };
    filters.members().iter().filter_map(of_filter).collect()
}
